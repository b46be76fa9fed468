package org.example.shop.api;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;

@RequestMapping("/orders")
public interface OrderApi {
  @GetMapping("/{id}")
  String show(@PathVariable("id") String id);

  @PutMapping("/{id}")
  String replace(@PathVariable("id") String id);
}
