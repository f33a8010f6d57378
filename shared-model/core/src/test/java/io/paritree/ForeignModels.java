package io.paritree;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Models that others have made, if they are in a directory next to the repository. */
public final class ForeignModels {
  private static final Path MODELS =
      Path.of(System.getProperty("paritree.root", "..")).resolve("../shared/models").normalize();

  private ForeignModels() {}

  /** Returns the files of a folder, in order; none if it does not exist. */
  public static List<Path> files(String folder, String ending) throws IOException {
    Path root = MODELS.resolve(folder);
    if (!Files.isDirectory(root)) {
      return List.of();
    }

    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(path -> path.toString().endsWith(ending)).sorted().toList();
    }
  }

  /** Returns the models that XGBoost's {@code save_model} has written as JSON or UBJSON. */
  public static List<Path> saved() throws IOException {
    return Stream.concat(files("", ".json").stream(), files("", ".ubj").stream())
        .filter(ForeignModels::isObject)
        .toList();
  }

  /** A dump is an array. */
  private static boolean isObject(Path file) {
    try (InputStream bytes = Files.newInputStream(file)) {
      return bytes.read() == '{';
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
