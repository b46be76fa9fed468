package org.example.shop.web;

import org.springframework.web.bind.annotation.GetMapping;

public abstract class BaseController {
  @GetMapping("/info")
  public String info() {
    return "";
  }
}
