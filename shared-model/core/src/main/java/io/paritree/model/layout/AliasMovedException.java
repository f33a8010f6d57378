package io.paritree.model.layout;

import java.io.IOException;

/** An alias was not moved, because another process moves it, or has moved it. */
public final class AliasMovedException extends IOException {
  AliasMovedException(String message) {
    super(message);
  }
}
