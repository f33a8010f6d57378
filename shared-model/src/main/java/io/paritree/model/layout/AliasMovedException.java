package io.paritree.model.layout;

import java.io.IOException;

/** An alias was not moved, because another process moves it, or has moved it. */
public final class AliasMovedException extends IOException {
  private static final long serialVersionUID = 1;

  AliasMovedException(String message) {
    super(message);
  }
}
