package org.example.shop.api;

import org.springframework.web.bind.annotation.RestController;

@RestController
public class OrderController implements OrderApi {
  @Override
  public String show(String id) {
    return id;
  }

  @Override
  public String replace(String id) {
    return id;
  }
}
