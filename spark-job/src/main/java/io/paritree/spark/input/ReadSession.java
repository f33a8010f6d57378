package io.paritree.spark.input;

import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.internal.SQLConf;

/** Sessions for reading one input, beside others that are read at the same time in another way. */
public final class ReadSession {
  private ReadSession() {}

  /**
   * Returns a new session with the settings of another one, which do not change.
   *
   * @param own settings that it has instead
   */
  public static SparkSession of(SparkSession session, Map<String, String> own) {
    SparkSession reading = session.newSession();
    SQLConf settings = reading.sessionState().conf();
    session.sessionState().conf().settings().forEach(settings::setConfString);
    own.forEach(settings::setConfString);
    return reading;
  }
}
