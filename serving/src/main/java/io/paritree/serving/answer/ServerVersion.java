package io.paritree.serving.answer;

/** The version of this server. */
public final class ServerVersion {
  /** The version in the jar's manifest; {@code development} where the classes are in no jar. */
  public static final String TEXT = text();

  private ServerVersion() {}

  private static String text() {
    String version = ServerVersion.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
