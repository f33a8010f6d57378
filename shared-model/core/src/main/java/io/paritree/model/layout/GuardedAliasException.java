package io.paritree.model.layout;

import java.io.IOException;

/**
 * An alias was not moved, because it moves with evidence only, or because another one has its name
 * but for the case.
 */
public final class GuardedAliasException extends IOException {
  GuardedAliasException(String message) {
    super(message);
  }
}
