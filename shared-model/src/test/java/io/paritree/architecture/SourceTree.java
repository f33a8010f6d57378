package io.paritree.architecture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The files of main code of all modules, by package.
 *
 * @param classesByRoom simple names of the top-level classes of each package, and {@code
 *     package-info} if the package has one
 * @param namedByRoom the other packages of which the code of each package names a class, in an
 *     import or elsewhere
 */
public record SourceTree(
    Map<String, List<String>> classesByRoom, Map<String, Set<String>> namedByRoom) {
  private static final String DESCRIPTION = "package-info";
  private static final Pattern COMMENT = Pattern.compile("(?s)/\\*.*?\\*/|//[^\n]*");

  /** A qualified class name, or an import of a whole package. */
  private static final Pattern NAME =
      Pattern.compile("(?<![\\w.\"])([a-z]\\w*(?:\\.[a-z]\\w*)+)\\.(?:[A-Z]|\\*;)");

  /** Reads the sources below the root of a repository. */
  public static SourceTree read(Path root) throws IOException {
    Map<String, List<String>> classesByRoom = new TreeMap<>();
    Map<String, Set<String>> namedByRoom = new TreeMap<>();
    try (Stream<Path> modules = Files.list(root)) {
      for (Path module : modules.toList()) {
        for (String kind : List.of("src/main/java", "src/vector/java")) {
          Path sources = module.resolve(kind);
          if (Files.isDirectory(sources)) {
            for (Path file : files(sources)) {
              String room = sources.relativize(file.getParent()).toString().replace('/', '.');
              classesByRoom.computeIfAbsent(room, key -> new ArrayList<>()).add(className(file));
              namedByRoom.computeIfAbsent(room, key -> new TreeSet<>()).addAll(named(file));
              namedByRoom.get(room).remove(room); // a nested class of the same package
            }
          }
        }
      }
    }

    return new SourceTree(classesByRoom, namedByRoom);
  }

  /** Returns the simple names of all top-level classes, those of tests and benches included. */
  public static Set<String> classNames(Path root) throws IOException {
    Set<String> names = new TreeSet<>();
    try (Stream<Path> modules = Files.list(root)) {
      for (Path module : modules.toList()) {
        if (Files.isDirectory(module.resolve("src"))) {
          files(module.resolve("src")).forEach(file -> names.add(className(file)));
        }
      }
    }

    return names;
  }

  private static String className(Path file) {
    return file.getFileName().toString().replace(".java", "");
  }

  private static List<Path> files(Path sources) throws IOException {
    try (Stream<Path> files = Files.walk(sources)) {
      return files.filter(file -> file.toString().endsWith(".java")).toList();
    }
  }

  private static Set<String> named(Path file) throws IOException {
    String code = COMMENT.matcher(Files.readString(file)).replaceAll("");
    return NAME.matcher(code)
        .results()
        .map(found -> found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Stream<String> classes(List<String> names) {
    return names.stream().filter(name -> !name.equals(DESCRIPTION));
  }

  /** Returns the packages without a {@code package-info}. */
  public Set<String> roomsWithoutDescription() {
    return classesByRoom.entrySet().stream()
        .filter(room -> !room.getValue().contains(DESCRIPTION))
        .map(Map.Entry::getKey)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Returns the simple names that more than one class has. */
  public Set<String> sharedNames() {
    Map<String, Long> counts =
        classesByRoom.values().stream()
            .flatMap(SourceTree::classes)
            .collect(Collectors.groupingBy(name -> name, Collectors.counting()));
    return counts.entrySet().stream()
        .filter(name -> name.getValue() > 1)
        .map(Map.Entry::getKey)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
