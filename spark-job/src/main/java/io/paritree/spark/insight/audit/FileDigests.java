package io.paritree.spark.insight.audit;

import io.paritree.Sha256;
import io.paritree.output.DataFile;
import io.paritree.spark.input.HadoopPaths;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.sql.SparkSession;

/**
 * Compares files with what was written: tasks read them, and take their digests.
 *
 * @param hadoop settings of Hadoop's client
 */
record FileDigests(HashMap<String, String> hadoop) implements Function<String, String> {
  private static final String MISSING = "";
  private static final int BUFFER = 1 << 20;
  private static final int FILES_OF_TASK = 4;

  static FileDigests of(SparkSession session) {
    return new FileDigests(new HashMap<>(HadoopPaths.settingsByName(session)));
  }

  /** Returns how files differ from what was written, each in a sentence without its full stop. */
  List<String> differences(SparkSession session, List<AuditedFile> files) {
    if (files.isEmpty()) {
      return List.of();
    }

    JavaSparkContext context = new JavaSparkContext(session.sparkContext());
    List<String> paths = files.stream().map(file -> HadoopPaths.text(file.location())).toList();
    int tasks = (files.size() + FILES_OF_TASK - 1) / FILES_OF_TASK;
    int cores = session.sparkContext().defaultParallelism();
    List<String> found =
        context
            .parallelize(paths, Math.max(Math.min(files.size(), cores), tasks))
            .map(this)
            .collect();
    List<String> differences = new ArrayList<>();
    for (int index = 0; index < files.size(); index++) {
      String difference = difference(files.get(index).written(), found.get(index));
      if (!difference.isEmpty()) {
        differences.add("file %s %s".formatted(files.get(index).written().name(), difference));
      }
    }

    return differences;
  }

  private static String difference(DataFile written, String found) {
    if (found.equals(MISSING)) {
      return "is missing";
    }

    String[] parts = found.split(" ");
    if (Long.parseLong(parts[0]) != written.bytes()) {
      return "has %s bytes, and %s were written".formatted(parts[0], written.bytes());
    }

    return written.sha256().isEmpty() || written.sha256().get().equals(parts[1])
        ? ""
        : "has the SHA-256 %s, and %s was written".formatted(parts[1], written.sha256().get());
  }

  /** Returns length and digest of a file; {@link #MISSING} if there is none. */
  @Override
  public String call(String file) throws IOException {
    Configuration configuration = new Configuration(false);
    hadoop.forEach(configuration::set);
    Path path = new Path(file);
    MessageDigest sha256 = Sha256.digest();
    long bytes = 0;
    try (InputStream in = HadoopPaths.withoutChecksums(path, configuration).open(path)) {
      byte[] buffer = new byte[BUFFER];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        sha256.update(buffer, 0, read);
        bytes += read;
      }
    } catch (FileNotFoundException e) {
      return MISSING;
    }

    return bytes + " " + Sha256.hex(sha256);
  }
}
