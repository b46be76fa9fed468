package org.example.shop;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Prints what Spring's own mapping holds once the application runs, then ends it. */
@Configuration
public class RouteReport {
  @Bean
  CommandLineRunner report(RequestMappingHandlerMapping mapping, ServletWebServerApplicationContext context) {
    return args -> {
      List<String> routes = new ArrayList<>();
      String base = context.getServletContext().getContextPath();
      mapping.getHandlerMethods().forEach((info, handler) -> {
        if (!handler.getBeanType().getName().startsWith("org.example")) return;
        var methods = info.getMethodsCondition().getMethods();
        for (String path : info.getPatternValues()) {
          if (methods.isEmpty()) routes.add("ALL " + base + path);
          for (var method : methods) routes.add(method + " " + base + path);
        }
      });
      System.out.println(
          routes.stream().map(one -> '"' + one + '"').collect(Collectors.joining(",", "ROUTES [", "]")));
      context.close();
    };
  }
}
