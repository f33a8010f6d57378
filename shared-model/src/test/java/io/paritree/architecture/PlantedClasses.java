package io.paritree.architecture;

import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * Classes to check the rules of {@link Architecture} with: in each room of a module, one class per
 * room that uses that room, and one per library that uses that library. Those that the rules do not
 * allow are planted breaches.
 */
final class PlantedClasses {
  private static final String TARGET = "PlantedTarget";

  private final Architecture architecture;
  private final JavaClasses compiled;

  /**
   * Compiles the classes.
   *
   * @param rooms those that use something
   * @param directory receives the class files
   */
  PlantedClasses(Architecture architecture, List<Architecture.Room> rooms, Path directory) {
    this.architecture = architecture;
    List<JavaFileObject> sources = new ArrayList<>();
    for (Architecture.Room target : architecture.rooms()) {
      sources.add(source(target.name(), TARGET, ""));
    }

    for (Architecture.Library library : architecture.libraries()) {
      sources.add(source(packageIn(library), TARGET, ""));
    }

    for (Architecture.Room room : rooms) {
      for (Architecture.Room target : architecture.rooms()) {
        sources.add(user(room.name(), nameOf(target), target.name()));
      }

      for (Architecture.Library library : architecture.libraries()) {
        sources.add(user(room.name(), nameOf(library), packageIn(library)));
      }
    }

    compile(sources, directory);
    this.compiled = new ClassFileImporter().importPath(directory);
  }

  /** Returns the class of a room that uses another room. */
  JavaClasses using(Architecture.Room room, Architecture.Room target) {
    return only(room.name() + "." + nameOf(target));
  }

  /** Returns the class of a room that uses a library. */
  JavaClasses using(Architecture.Room room, Architecture.Library library) {
    return only(room.name() + "." + nameOf(library));
  }

  private JavaClasses only(String className) {
    return compiled.that(name(className));
  }

  private String nameOf(Architecture.Room target) {
    return "PlantedUserOfRoom" + architecture.rooms().indexOf(target);
  }

  private String nameOf(Architecture.Library library) {
    return "PlantedUserOfLibrary" + architecture.libraries().indexOf(library);
  }

  private static String packageIn(Architecture.Library library) {
    return library.packages().replace("..", ".planted");
  }

  private static JavaFileObject user(String room, String name, String used) {
    return source(room, name, used + "." + TARGET + " used;");
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
