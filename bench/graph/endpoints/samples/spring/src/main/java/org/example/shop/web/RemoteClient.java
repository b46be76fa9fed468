package org.example.shop.web;

import org.springframework.web.bind.annotation.GetMapping;

/** A client interface: its mappings are somebody else's routes. */
public interface RemoteClient {
  @GetMapping("/remote/never")
  String never();
}
