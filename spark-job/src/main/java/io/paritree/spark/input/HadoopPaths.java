package io.paritree.spark.input;

import io.paritree.store.Location;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/**
 * Locations as Hadoop and Spark name them (nothing is decoded or escaped), and Hadoop's settings.
 */
public final class HadoopPaths {
  private static final String PATTERNS = "{}[]*?\\";

  private HadoopPaths() {}

  /** Returns Hadoop's settings as the readers and writers of a session get them. */
  public static Configuration settings(SparkSession session) {
    return session.sessionState().newHadoopConf();
  }

  /** Returns the location of a qualified Hadoop path. */
  public static Location located(Path path) {
    String scheme = path.toUri().getScheme();
    return Location.of(
        scheme == null || scheme.equals("file") ? path.toUri().getPath() : path.toString());
  }

  /** Returns the same settings as {@code FileStore} takes them. */
  public static Map<String, String> settingsByName(SparkSession session) {
    Map<String, String> byName = new HashMap<>();
    settings(session).forEach(setting -> byName.put(setting.getKey(), setting.getValue()));
    return byName;
  }

  /** Returns a location as a Hadoop path. */
  public static Path of(Location location) {
    return location.isLocal()
        ? new Path("file", "", location.toString())
        : new Path(location.toString());
  }

  /**
   * Returns a location as the text of a Hadoop path, for options of Spark's that are no patterns.
   */
  public static String text(Location location) {
    return of(location).toString();
  }

  /**
   * Returns a location as Spark's readers expect it: a glob pattern that only this location
   * matches.
   *
   * <p>Their option {@code __globPaths__} does not help: if it is off, Spark replaces each path
   * that looks like a pattern by all the paths that are given.
   */
  public static String pattern(Location location) {
    Path path = of(location);
    StringBuilder escaped = new StringBuilder();
    for (char at : path.toUri().getPath().toCharArray()) {
      escaped.append(PATTERNS.indexOf(at) >= 0 ? "\\" : "").append(at);
    }

    return new Path(path.toUri().getScheme(), path.toUri().getAuthority(), escaped.toString())
        .toString();
  }

  /**
   * Returns the file system of a path; a local one without files of checksums, for files that have
   * their own or exist for a few seconds.
   */
  public static FileSystem withoutChecksums(Path path, Configuration hadoop) throws IOException {
    FileSystem system = path.getFileSystem(hadoop);
    return system instanceof LocalFileSystem local ? local.getRaw() : system;
  }

  /**
   * Returns a path with the scheme and authority that the settings give its file system: {@code
   * hdfs:///data} becomes {@code hdfs://host:port/data} if that is the default file system.
   */
  public static Path qualified(Path path, Configuration hadoop) throws IOException {
    return path.getFileSystem(hadoop).makeQualified(path);
  }
}
