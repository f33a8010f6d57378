package io.paritree.serving.config;

/** The server's configuration or its arguments are wrong; it does not start. */
public final class ConfigurationException extends Exception {
  private static final long serialVersionUID = 1L;

  public ConfigurationException(String message) {
    super(message);
  }
}
