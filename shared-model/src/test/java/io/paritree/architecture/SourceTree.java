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
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The files of main code of all modules, by package.
 *
 * @param classesByRoom simple names of the top-level classes of each package, and {@code
 *     package-info} if the package has one
 * @param importsByRoom other packages of Paritree from which the classes of each package import
 */
public record SourceTree(
    Map<String, List<String>> classesByRoom, Map<String, Set<String>> importsByRoom) {
  /** The largest number of top-level classes of a package. */
  public static final int MAX_CLASSES = 16;

  /** Packages that may be larger: each is one mechanism that is easier to read in one place. */
  private static final Set<String> MACHINES =
      Set.of("io.paritree.forest", "io.paritree.feature", "io.paritree.spark.publish");

  private static final String DESCRIPTION = "package-info";
  private static final Pattern IMPORT =
      Pattern.compile("^import (?:static )?(io\\.paritree(?:\\.[a-z]\\w*)*)\\.[A-Z]");

  /** Reads the sources below the root of a repository. */
  public static SourceTree read(Path root) throws IOException {
    Map<String, List<String>> classesByRoom = new TreeMap<>();
    Map<String, Set<String>> importsByRoom = new TreeMap<>();
    try (Stream<Path> modules = Files.list(root)) {
      for (Path module : modules.toList()) {
        Path sources = module.resolve("src/main/java");
        if (Files.isDirectory(sources)) {
          for (Path file : files(sources)) {
            String room = sources.relativize(file.getParent()).toString().replace('/', '.');
            String name = file.getFileName().toString().replace(".java", "");
            classesByRoom.computeIfAbsent(room, key -> new ArrayList<>()).add(name);
            importsByRoom.computeIfAbsent(room, key -> new TreeSet<>()).addAll(imports(file));
            importsByRoom.get(room).remove(room); // a nested class of the same package
          }
        }
      }
    }

    return new SourceTree(classesByRoom, importsByRoom);
  }

  private static List<Path> files(Path sources) throws IOException {
    try (Stream<Path> files = Files.walk(sources)) {
      return files.filter(file -> file.toString().endsWith(".java")).toList();
    }
  }

  private static List<String> imports(Path file) throws IOException {
    return Files.readAllLines(file).stream()
        .map(IMPORT::matcher)
        .filter(Matcher::find)
        .map(found -> found.group(1))
        .toList();
  }

  private static Stream<String> classes(List<String> names) {
    return names.stream().filter(name -> !name.equals(DESCRIPTION));
  }

  /** Returns the packages with too many classes. */
  public Set<String> largeRooms() {
    return rooms(names -> classes(names).count() > MAX_CLASSES);
  }

  /** Returns the packages without a {@code package-info}. */
  public Set<String> roomsWithoutDescription() {
    return rooms(names -> !names.contains(DESCRIPTION));
  }

  private Set<String> rooms(Predicate<List<String>> chosen) {
    return classesByRoom.entrySet().stream()
        .filter(room -> !MACHINES.contains(room.getKey()) && chosen.test(room.getValue()))
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
