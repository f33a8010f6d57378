package io.paritree.model.layout;

import java.io.IOException;

/** An alias was not moved, because it moves with evidence only. */
public final class GuardedAliasException extends IOException {
  GuardedAliasException(String message) {
    super(message);
  }
}
