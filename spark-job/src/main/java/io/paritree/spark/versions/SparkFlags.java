package io.paritree.spark.versions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.launcher.JavaModuleOptions;

/**
 * Writes the JVM flags that Spark's own launcher would give, as an argument file for {@code java}.
 *
 * <p>The build runs it once, for the tests and for runs without {@code SPARK_HOME}, so that the
 * flags always belong to the Spark version that is built against.
 */
public final class SparkFlags {
  private SparkFlags() {}

  /**
   * @param arguments the file to write
   */
  public static void main(String[] arguments) throws IOException {
    String flags =
        Stream.of(JavaModuleOptions.defaultModuleOptions().trim().split("\\s+"))
            .collect(Collectors.joining("\n", "", "\n"));
    Path file = Path.of(arguments[0]);
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.writeString(file, flags);
  }
}
