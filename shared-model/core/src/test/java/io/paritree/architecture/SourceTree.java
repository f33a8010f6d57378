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
import java.util.regex.Matcher;
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

  /** A comment, a character, or a text (group 1). */
  private static final Pattern TEXT =
      Pattern.compile(
          "(?s)/\\*.*?\\*/|//[^\n]*|'(?:\\\\.|[^'\\\\])+'"
              + "|(\"\"\".*?\"\"\"|\"(?:\\\\.|[^\"\\\\\n])*\")");

  /**
   * A place of a format; it has a group 1 if what it writes depends on the locale. Logback's
   * places, such as {@code %d{...}}, are none.
   */
  private static final Pattern PLACE =
      Pattern.compile("%%|%(?:\\d+\\$)?[-#+0,(<]*\\d*(?:\\.\\d+)?([bBhHScCdoxXeEfgGaAtT])(?!\\{)");

  /** What comes before a text whose places do not depend on it; the latter is logback's. */
  private static final List<String> WITH_LOCALE = List.of("Locale.ROOT,", ".setPattern(");

  /** A qualified class name, or an import of a whole package. */
  private static final Pattern NAME =
      Pattern.compile("(?<![\\w.\"])([a-z]\\w*(?:\\.[a-z]\\w*)+)\\.(?:[A-Z]|\\*;)");

  /** Returns the directories of the modules that have sources. */
  public static List<Path> modules(Path root) throws IOException {
    try (Stream<Path> directories = Files.find(root, 2, (path, file) -> file.isDirectory())) {
      return directories
          .filter(directory -> Files.isDirectory(directory.resolve("src")))
          .sorted()
          .toList();
    }
  }

  /** Reads the sources below the root of a repository. */
  public static SourceTree read(Path root) throws IOException {
    Map<String, List<String>> classesByRoom = new TreeMap<>();
    Map<String, Set<String>> namedByRoom = new TreeMap<>();
    for (Path module : modules(root)) {
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

    return new SourceTree(classesByRoom, namedByRoom);
  }

  /** Returns the simple names of all top-level classes, those of tests and benches included. */
  public static Set<String> classNames(Path root) throws IOException {
    Set<String> names = new TreeSet<>();
    for (Path module : modules(root)) {
      files(module.resolve("src")).forEach(file -> names.add(className(file)));
    }

    return names;
  }

  /**
   * Returns the texts in main code that would be written with other digits or letters where people
   * write others: those that have a place for a number, in any form but {@code %s}, and do not
   * follow {@code Locale.ROOT} in a call of {@code String.format}.
   */
  public static Set<String> formatsOfTheCountry(Path root) throws IOException {
    Set<String> found = new TreeSet<>();
    for (Path module : modules(root)) {
      Path sources = module.resolve("src/main/java");
      if (Files.isDirectory(sources)) {
        for (Path file : files(sources)) {
          String code = Files.readString(file);
          for (Matcher text = TEXT.matcher(code); text.find(); ) {
            String before = code.substring(0, text.start()).stripTrailing();
            if (text.group(1) != null
                && dependsOnLocale(text.group(1))
                && WITH_LOCALE.stream().noneMatch(before::endsWith)) {
              found.add("%s: %s".formatted(className(file), text.group(1).strip()));
            }
          }
        }
      }
    }

    return found;
  }

  private static boolean dependsOnLocale(String format) {
    return PLACE.matcher(format).results().anyMatch(place -> place.group(1) != null);
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
