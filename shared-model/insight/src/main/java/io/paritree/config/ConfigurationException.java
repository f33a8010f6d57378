package io.paritree.config;

/** The settings of a program, or the arguments that give them, are wrong; it does not start. */
public final class ConfigurationException extends Exception {
  public ConfigurationException(String message) {
    super(message);
  }
}
