package io.paritree.spark.tables;

import org.apache.spark.sql.SparkSession;
import scala.Option;

/**
 * A session as the thread's own, in which formats of tables look for settings, whatever session
 * they are given.
 */
public final class ActiveSession {
  private ActiveSession() {}

  /** What is called with a session. */
  @FunctionalInterface
  public interface Call<T, E extends Exception> {
    T run() throws E;
  }

  /** Calls something with a session as the thread's own. */
  public static <T, E extends Exception> T call(SparkSession session, Call<T, E> call) throws E {
    Option<SparkSession> before = SparkSession.getActiveSession();
    SparkSession.setActiveSession(session);
    try {
      return call.run();
    } finally {
      if (before.isDefined()) {
        SparkSession.setActiveSession(before.get());
      } else {
        SparkSession.clearActiveSession();
      }
    }
  }
}
