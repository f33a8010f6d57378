package io.paritree.serving.answer;

/** The version of this server. */
public final class ServerVersion {
  /** As the jar's manifest tells it; {@code development} where there is no jar. */
  public static final String TEXT = text();

  private ServerVersion() {}

  private static String text() {
    String version = ServerVersion.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
