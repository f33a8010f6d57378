package io.paritree.spark.publish;

import java.io.IOException;

/** Another run has taken over the output's lock from this one, which must change nothing more. */
final class LostLockException extends IOException {
  LostLockException(String message) {
    super(message);
  }
}
