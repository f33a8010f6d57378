package io.paritree.spark.run;

import io.paritree.spark.sql.ModelCatalog;
import java.nio.file.Path;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/** Sessions of the tests' Spark with the functions of a store's models. */
public final class SqlSession {
  private SqlSession() {}

  /** Returns a new session with the catalog {@code paritree}. */
  public static SparkSession of(Path store, Map<String, String> settings) {
    SparkSession session = TestSpark.session().newSession();
    session.conf().set("spark.sql.catalog.paritree", ModelCatalog.class.getName());
    session.conf().set("spark.sql.catalog.paritree.store", store.toString());
    settings.forEach(session.conf()::set);
    return session;
  }
}
