package org.example.shop.web;

import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseBody;

@Controller
@RequestMapping({"/pages", "/p"})
@ResponseBody
public class PageController extends BaseController {
  private static final String DRAFT = "/draft";

  @GetMapping("/home")
  public String home() {
    return "";
  }

  @PatchMapping(DRAFT + "/{id}")
  public String draft() {
    return "";
  }
}
