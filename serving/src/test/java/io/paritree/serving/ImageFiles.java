package io.paritree.serving;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The files that a Dockerfile puts into its image, below a directory. Images cannot be built here,
 * so this follows the instructions itself: ARG, FROM, ADD of a tarball, COPY --from, and RUN ln -s.
 */
final class ImageFiles {
  private final Path directory;
  private final Map<String, String> variables = new HashMap<>();
  private String stage = "";
  private String entryPoint = "";

  private ImageFiles(Path directory) {
    this.directory = directory;
  }

  /**
   * @param root of the project, to which the sources of ADD are relative
   * @param directory receives the files of each stage
   */
  static ImageFiles of(Path dockerfile, Path root, Path directory) throws Exception {
    ImageFiles image = new ImageFiles(directory);
    for (String line : Files.readAllLines(dockerfile)) {
      image.follow(line, root);
    }

    return image;
  }

  /** Returns a file of the image by its absolute path there. */
  Path file(String path) {
    return stage(stage).resolve(path.substring(1));
  }

  /** Returns the path of the program that the image starts. */
  String entryPoint() {
    return entryPoint;
  }

  private void follow(String line, Path root) throws Exception {
    String text = line.strip();
    for (Map.Entry<String, String> variable : variables.entrySet()) {
      text = text.replace("${" + variable.getKey() + "}", variable.getValue());
    }

    List<String> words = List.of(text.split(" +"));
    switch (words.get(0)) {
      case "ARG" -> define(words.get(1));
      case "FROM" -> stage = words.size() == 4 ? words.get(3) : "";
      case "ADD" -> unpack(root.resolve(words.get(1)), file(words.get(2)));
      case "COPY" -> copy(words);
      case "RUN" -> run(words);
      case "ENTRYPOINT" -> entryPoint = text.replaceAll("^ENTRYPOINT \\[\"(.+)\"\\]$", "$1");
      case "", "#", "USER", "EXPOSE" -> {}
      default -> throw new AssertionError("Unknown instruction: " + text);
    }
  }

  private void define(String definition) {
    int equals = definition.indexOf('=');
    if (equals > 0) {
      variables.put(definition.substring(0, equals), definition.substring(equals + 1));
    }
  }

  private static void unpack(Path tarball, Path target) throws Exception {
    Files.createDirectories(target);
    String[] command = {"tar", "-xzf", tarball.toString(), "-C", target.toString()};
    if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
      throw new AssertionError("Cannot unpack " + tarball + "; mvn -Prelease makes it");
    }
  }

  /** A source with a slash at its end is a directory, whose content is copied. */
  private void copy(List<String> words) throws IOException {
    Path from = stage(words.get(1).replaceFirst("^--from=", ""));
    Path target = file(words.get(words.size() - 1));
    for (String source : words.subList(2, words.size() - 1)) {
      Path path = from.resolve(source.substring(1));
      copyTree(path, source.endsWith("/") ? target : target.resolve(path.getFileName()));
    }
  }

  private static void copyTree(Path from, Path to) throws IOException {
    try (Stream<Path> paths = Files.walk(from)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        Path target = to.resolve(from.relativize(path).toString());
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
          Files.createDirectories(target);
        } else {
          Files.createDirectories(target.getParent());
          Files.createLink(target, path); // of which nobody changes the content
        }
      }
    }
  }

  private void run(List<String> words) throws IOException {
    if (!words.subList(0, 3).equals(List.of("RUN", "ln", "-s"))) {
      throw new AssertionError("Unknown command: " + words);
    }

    Files.createSymbolicLink(file(words.get(4)), Path.of(words.get(3)));
  }

  private Path stage(String name) {
    return directory.resolve(name.isEmpty() ? "image" : name);
  }
}
