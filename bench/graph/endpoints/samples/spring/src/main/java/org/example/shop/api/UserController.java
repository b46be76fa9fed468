package org.example.shop.api;

import java.util.List;
import org.example.shop.Paths;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping(Paths.USERS)
public class UserController {
  @GetMapping
  public List<String> list() {
    return List.of();
  }

  @GetMapping({"/{id}", "/by-id/{id}"})
  public String one(@PathVariable String id) {
    return id;
  }

  @PostMapping(path = "/", consumes = "application/json")
  public String create() {
    return "";
  }

  @DeleteMapping(value = "/{id}")
  public void remove(@PathVariable String id) {}

  @RequestMapping(value = "/{id}/state", method = {RequestMethod.PUT, RequestMethod.PATCH})
  public void state(@PathVariable String id) {}

  @RequestMapping("/any")
  public String any() {
    return "";
  }

  public void helper() {}
}
