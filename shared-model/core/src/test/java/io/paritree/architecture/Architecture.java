package io.paritree.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The content of the tables of {@code docs/architecture/rooms.md}: the rooms from top to bottom,
 * the uses that are forbidden, and the rooms that use each library.
 *
 * <p>The document is the only place where this is written; the rules are made from it.
 *
 * @param rooms in the order of the document
 * @param libraries in the order of the document
 * @param classes simple names of all classes that a document for people who change the code
 *     mentions
 */
public record Architecture(List<Room> rooms, List<Library> libraries, Set<String> classes) {
  private static final String ROOT = "io.paritree";
  private static final String DOCUMENT = "docs/architecture/rooms.md";
  private static final String ROOMS = "| room | is for |";
  private static final String SEES = "Sees ";
  private static final String FORBIDDEN = "| room | never uses | because |";
  private static final String LIBRARIES = "| library | only in |";
  private static final Pattern NAME = Pattern.compile("`([^`]+)`");
  private static final Pattern CLASS =
      Pattern.compile("`([A-Z][a-z]\\w*)(?:\\.[^`]*)?`(?! \\(Jetty\\))");

  /**
   * A package of main code.
   *
   * @param module the directory of its module
   * @param name full name of the package
   * @param usable full names of the packages that its classes may use: all that are further down on
   *     the map, without the forbidden ones
   * @param mentions simple names of the classes that its sentence names
   */
  public record Room(String module, String name, Set<String> usable, Set<String> mentions) {
    /** Returns the rule that the room uses only the rooms that it may use. */
    public ArchRule rule() {
      Set<String> allowed = new LinkedHashSet<>(usable);
      allowed.add(name);
      return noClasses()
          .that()
          .resideInAPackage(name)
          .should()
          .dependOnClassesThat(
              resideInAPackage(ROOT + "..")
                  .and(not(resideInAnyPackage(allowed.toArray(String[]::new)))));
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /**
   * A library that only some rooms use.
   *
   * @param packages its packages, as ArchUnit writes them
   * @param rooms full names of the packages that may use it
   */
  public record Library(String packages, Set<String> rooms) {
    /** Returns the rule that no other room uses the library. */
    public ArchRule rule() {
      return noClasses()
          .that()
          .resideOutsideOfPackages(rooms.toArray(String[]::new))
          .should()
          .dependOnClassesThat()
          .resideInAPackage(packages)
          .allowEmptyShould(true);
    }

    /** Returns whether a package is one of the library's. */
    boolean contains(String packageName) {
      return (packageName + ".").startsWith(packages.substring(0, packages.length() - 1));
    }

    @Override
    public String toString() {
      return packages;
    }
  }

  /** Reads the document, and the names of classes in the others. */
  public static Architecture read() {
    Path root = Path.of(System.getProperty("paritree.root"));
    List<Room> rooms = new ArrayList<>();
    Map<String, Set<String>> forbidden = new LinkedHashMap<>();
    Map<String, List<String>> modules = new LinkedHashMap<>();
    List<Library> libraries = new ArrayList<>();
    Set<String> classes = new LinkedHashSet<>();
    String module = "";
    String table = "";
    try (Stream<String> lines = Files.lines(root.resolve(DOCUMENT))) {
      for (Path page : pages(root)) {
        classes.addAll(classes(Files.readString(page)));
      }

      for (String line : (Iterable<String>) lines::iterator) {
        if (line.startsWith("## ")) {
          module = line.substring(3);
        } else if (line.startsWith(SEES)) {
          modules.put(module, names(line));
        }

        if (!line.startsWith("|")) {
          table = "";
        } else if (table.isEmpty()) {
          table = line;
        } else if (line.startsWith("| `")) {
          String[] cells = line.split("\\|");
          if (table.equals(ROOMS)) {
            String name = packages(cells[1]).iterator().next();
            rooms.add(new Room(module, name, Set.of(), classes(cells[2])));
          } else if (table.equals(FORBIDDEN)) {
            forbidden.put(packages(cells[1]).iterator().next(), packages(cells[2]));
          } else if (table.equals(LIBRARIES)) {
            Set<String> users = packages(cells[2]);
            names(cells[1]).forEach(library -> libraries.add(new Library(library, users)));
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    return new Architecture(complete(rooms, modules, forbidden), List.copyOf(libraries), classes);
  }

  /** Returns the rooms with what they may use. */
  private static List<Room> complete(
      List<Room> rooms, Map<String, List<String>> modules, Map<String, Set<String>> forbidden) {
    List<String> names = rooms.stream().map(Room::name).toList();
    forbidden.forEach(
        (room, never) -> {
          if (!names.contains(room) || !names.containsAll(never)) {
            throw new IllegalStateException(
                DOCUMENT + " forbids uses of rooms that it does not list: " + room + " " + never);
          }
        });
    return IntStream.range(0, rooms.size())
        .mapToObj(
            at -> {
              Room room = rooms.get(at);
              Set<String> usable =
                  rooms.subList(at + 1, rooms.size()).stream()
                      .filter(
                          below ->
                              below.module().equals(room.module())
                                  || modules.get(room.module()).contains(below.module()))
                      .map(Room::name)
                      .collect(Collectors.toCollection(LinkedHashSet::new));
              usable.removeAll(forbidden.getOrDefault(room.name(), Set.of()));
              return new Room(room.module(), room.name(), usable, room.mentions());
            })
        .toList();
  }

  /** Returns the documents for people who change the code. */
  private static List<Path> pages(Path root) throws IOException {
    try (Stream<Path> details = Files.list(root.resolve(DOCUMENT).getParent())) {
      return Stream.concat(
              Stream.of(root.resolve("ARCHITECTURE.md"), root.resolve("CONTRIBUTING.md")), details)
          .toList();
    }
  }

  private static List<String> names(String cell) {
    return NAME.matcher(cell).results().map(found -> found.group(1)).toList();
  }

  private static Set<String> classes(String text) {
    return CLASS
        .matcher(text)
        .results()
        .map(found -> found.group(1))
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private static Set<String> packages(String cell) {
    Set<String> packages = new LinkedHashSet<>();
    Matcher names = NAME.matcher(cell);
    while (names.find()) {
      packages.add(ROOT + suffix(names.group(1)));
    }

    return packages;
  }

  /**
   * Returns what follows {@code io.paritree} in the name of a room. The document leaves out {@code
   * io.paritree.}, except for the package {@code io.paritree} itself.
   */
  private static String suffix(String room) {
    return room.equals(ROOT) ? "" : "." + room;
  }
}
