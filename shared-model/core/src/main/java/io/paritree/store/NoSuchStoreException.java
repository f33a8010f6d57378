package io.paritree.store;

import java.io.IOException;

/** The class path has no client for a location's file system; the message names what to add. */
public final class NoSuchStoreException extends IOException {
  NoSuchStoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
