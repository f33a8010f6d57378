package io.paritree.serving;

/** The server's configuration or its arguments are wrong; it does not start. */
final class ConfigurationException extends Exception {
  private static final long serialVersionUID = 1L;

  ConfigurationException(String message) {
    super(message);
  }
}
