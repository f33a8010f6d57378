package io.paritree.store;

import org.apache.hadoop.security.UserGroupInformation;

/**
 * The user that Hadoop's client acts for.
 *
 * <p>It asks the system for the name of the process's user, and fails if there is none, as in a
 * container whose user is a number that its {@code /etc/passwd} lacks.
 */
public final class HadoopUser {
  private static boolean ensured;

  private HadoopUser() {}

  /**
   * Gives a user to Hadoop's client if the system has no name for it: {@code HADOOP_USER_NAME}, or
   * {@code nobody}. Where Kerberos is used, nothing changes. For any thread.
   */
  public static synchronized void ensureNamed() {
    boolean named = !System.getProperty("user.name", "?").equals("?");
    if (!named && !ensured && !UserGroupInformation.isSecurityEnabled()) {
      String name = System.getenv().getOrDefault("HADOOP_USER_NAME", "nobody");
      UserGroupInformation.setLoginUser(UserGroupInformation.createRemoteUser(name));
    }

    ensured = true;
  }
}
