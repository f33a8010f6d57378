package io.paritree.architecture;

import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameEndingWith;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * Classes to check the rules of {@link Architecture} with: in each room of a module one class that
 * uses every room and every library. The uses that the rules do not allow are planted breaches.
 */
final class PlantedClasses {
  private static final String TARGET = "PlantedTarget";
  private static final String USER = "PlantedUser";

  private final JavaClasses users;

  /**
   * Compiles the classes.
   *
   * @param rooms those that use something
   * @param directory receives the class files
   */
  PlantedClasses(Architecture architecture, List<Architecture.Room> rooms, Path directory) {
    List<String> used =
        Stream.concat(
                architecture.rooms().stream().map(Architecture.Room::name),
                architecture.libraries().stream().map(PlantedClasses::packageIn))
            .toList();
    String fields =
        IntStream.range(0, used.size())
            .mapToObj(at -> "%s.%s used%s;".formatted(used.get(at), TARGET, at))
            .collect(Collectors.joining(" "));
    List<JavaFileObject> sources = new ArrayList<>();
    used.forEach(target -> sources.add(source(target, TARGET, "")));
    rooms.forEach(room -> sources.add(source(room.name(), USER, fields)));
    compile(sources, directory);
    this.users = new ClassFileImporter().importPath(directory).that(nameEndingWith("." + USER));
  }

  /** Returns the packages whose use a rule catches, by the room that uses them. */
  Map<String, Set<String>> caughtBy(ArchRule rule) {
    Map<String, Set<String>> caught = new TreeMap<>();
    rule.evaluate(users)
        .handleViolations(
            (Collection<Dependency> uses, String message) ->
                uses.forEach(
                    use ->
                        caught
                            .computeIfAbsent(room(use.getOriginClass()), key -> new TreeSet<>())
                            .add(room(use.getTargetClass()))));
    return caught;
  }

  private static String room(JavaClass of) {
    return of.getPackageName();
  }

  /** Returns a package of a library. */
  static String packageIn(Architecture.Library library) {
    return library.packages().replace("..", ".planted");
  }

  private static JavaFileObject source(String inPackage, String name, String body) {
    String text = "package %s; public class %s { %s }".formatted(inPackage, name, body);
    URI uri = URI.create("string:///%s/%s.java".formatted(inPackage.replace('.', '/'), name));
    return new SimpleJavaFileObject(uri, JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return text;
      }
    };
  }

  private static void compile(List<JavaFileObject> sources, Path directory) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    List<String> options =
        List.of("-d", directory.toString(), "-classpath", directory.toString(), "-proc:none");
    if (!compiler.getTask(messages, null, null, options, null, sources).call()) {
      throw new IllegalStateException("Cannot compile the planted classes: " + messages);
    }
  }
}
