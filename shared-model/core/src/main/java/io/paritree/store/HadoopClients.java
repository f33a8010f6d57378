package io.paritree.store;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.hadoop.util.VersionInfo;

/** Hadoop's clients of stores, with its configuration and with what a missing one needs. */
final class HadoopClients {
  /** What provides the file systems that are not part of Hadoop's client, for its own version. */
  private static final Map<String, String> JARS = jars();

  /** Hadoop has no client for these names of S3 any more. */
  private static final Set<String> OLD_S3 = Set.of("s3", "s3n");

  private static final String CONFIGURATION_DIRECTORY = "paritree.hadoop.conf";

  /** The submitter's configuration, as Spark leaves it to the driver on YARN; elsewhere, none. */
  private static final String SUBMITTED = "__spark_hadoop_conf__.xml";

  /** Read from its files only once: reading can take as long as a request to a store. */
  private static final Configuration CONFIGURATION = configuration();

  private HadoopClients() {}

  /**
   * Returns the client of a path's store.
   *
   * @param settings of Hadoop, which override its configuration
   * @throws NoSuchStoreException if Hadoop has none
   */
  static FileSystem of(Path path, Map<String, String> settings) throws IOException {
    return of(path, configuration(settings));
  }

  /** Returns the location of a path without a scheme. */
  static Location byDefault(String path, Map<String, String> settings) throws IOException {
    Configuration configuration = configuration(settings);
    URI store = FileSystem.getDefaultUri(configuration);
    if (store.getScheme().equals("file")) {
      return Location.of(path);
    }

    FileSystem files = of(new Path(store), configuration);
    return Location.of(files.makeQualified(new Path(null, null, path)).toString());
  }

  private static Map<String, String> jars() {
    String azure = "hadoop-azure-%s.jar and what it needs";
    return Map.of(
        "s3a",
        "hadoop-aws-%s.jar, commons-lang3 and the AWS SDK (software.amazon.awssdk:bundle)",
        "abfs",
        azure,
        "abfss",
        azure,
        "wasb",
        azure,
        "wasbs",
        azure,
        "gs",
        "Google's gcs-connector for Hadoop 3 (this is Hadoop %s)",
        "oss",
        "hadoop-aliyun-%s.jar and what it needs",
        "cosn",
        "hadoop-cos-%s.jar and what it needs",
        "obs",
        "hadoop-huaweicloud-%s.jar and what it needs");
  }

  /**
   * Returns the configuration of the class path, overridden by the files of the directory that the
   * system property {@value #CONFIGURATION_DIRECTORY} names. The property exists because the JVM's
   * archive of loaded classes allows no directory on the class path.
   */
  private static Configuration configuration() {
    Configuration configuration = new Configuration();
    configuration.addResource(SUBMITTED);
    String directory = System.getProperty(CONFIGURATION_DIRECTORY, "");
    if (!directory.isEmpty()) {
      // A server still reads while it stops, but Hadoop closes all clients as soon as it begins to.
      configuration.setBoolean("fs.automatic.close", false);
    }

    for (String name : List.of("core-site.xml", "hdfs-site.xml")) {
      java.nio.file.Path file = java.nio.file.Path.of(directory, name);
      if (!directory.isEmpty() && Files.isReadable(file)) {
        configuration.addResource(new Path(file.toUri()));
      }
    }

    return configuration;
  }

  private static Configuration configuration(Map<String, String> settings) {
    Configuration configuration = new Configuration(CONFIGURATION);
    settings.forEach(configuration::set);
    return configuration;
  }

  private static FileSystem of(Path path, Configuration configuration) throws IOException {
    try {
      HadoopUser.ensureNamed();
      return path.getFileSystem(configuration);
    } catch (UnsupportedFileSystemException | LinkageError e) {
      throw noSuchStore(path, e);
    } catch (RuntimeException e) {
      // Hadoop throws this for a class that its own defaults name, and which is in another jar.
      if (e.getCause() instanceof ClassNotFoundException) {
        throw noSuchStore(path, e.getCause());
      }

      throw e;
    }
  }

  private static NoSuchStoreException noSuchStore(Path path, Throwable cause) {
    String scheme = path.toUri().getScheme();
    return new NoSuchStoreException(
        "Cannot open %s: Hadoop's client has no file system for '%s'%s; %s"
            .formatted(
                path,
                scheme,
                cause instanceof UnsupportedFileSystemException
                    ? ""
                    : " (no class %s)".formatted(missing(cause)),
                cure(scheme)),
        cause);
  }

  private static String cure(String scheme) {
    if (OLD_S3.contains(scheme)) {
      return "name it s3a:// instead";
    }

    return JARS.containsKey(scheme)
        ? "add %s to the class path (PARITREE_CLASSPATH, or spark-submit's --jars)"
            .formatted(JARS.get(scheme).formatted(VersionInfo.getVersion()))
        : "add a jar that provides it";
  }

  /** Returns the name of the class that a loader has not found. */
  private static String missing(Throwable cause) {
    String[] words = String.valueOf(cause.getMessage()).replace("Class ", "").split(" ");
    return words[0].replace('/', '.');
  }
}
