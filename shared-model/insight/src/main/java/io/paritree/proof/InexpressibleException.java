package io.paritree.proof;

/** A form cannot have a value; the message says why. */
public final class InexpressibleException extends Exception {
  InexpressibleException(String reason) {
    super(reason, null, false, false); // thrown for many records: without its stack
  }
}
