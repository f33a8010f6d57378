package io.paritree.spark.run;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.AccessTarget.FieldAccessTarget;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.jar.JarFile;

/**
 * Looks up everything that the classes of a jar call, read and override in the jars that it is to
 * run with, as the JVM would when it gets there.
 */
final class Linkage implements AutoCloseable {
  /** Of each jar that was searched: to import one takes longer than to search it. */
  private static final Map<Path, JavaClasses> IMPORTED = new ConcurrentHashMap<>();

  private final URLClassLoader loader;
  private final JavaClasses classes;
  private final Set<String> problems = new TreeSet<>();

  // Most of what classes name, others name too; each look asks all jars, or copies all methods.
  private final Map<String, Optional<Class<?>>> found = new HashMap<>();
  private final Map<AccessTarget, Boolean> linked = new HashMap<>();

  private Linkage(Path jar, List<Path> libraries) throws IOException {
    List<URL> urls = new ArrayList<>(List.of(jar.toUri().toURL()));
    for (Path library : libraries) {
      urls.add(library.toUri().toURL());
    }

    this.loader =
        new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    this.classes = IMPORTED.computeIfAbsent(jar, Linkage::imported);
  }

  /** Without what its classes name, which is looked up in the libraries, and not here. */
  private static JavaClasses imported(Path jar) {
    try (JarFile file = new JarFile(jar.toFile())) {
      return ArchConfiguration.withThreadLocalScope(
          configuration -> {
            configuration.setResolveMissingDependenciesFromClassPath(false);
            return new ClassFileImporter().importJar(file);
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Returns what cannot be linked; each with who uses it.
   *
   * @param prefix with which the names of the classes begin whose calls are looked up
   */
  static Set<String> problems(Path jar, List<Path> libraries, String prefix) throws IOException {
    try (Linkage linkage = new Linkage(jar, libraries)) {
      for (JavaClass user : linkage.classes) {
        if (user.getName().startsWith(prefix)) {
          linkage.look(user);
        }
      }

      return linkage.problems;
    }
  }

  @Override
  public void close() throws IOException {
    loader.close();
  }

  private void look(JavaClass user) {
    for (Dependency dependency : user.getDirectDependenciesFromSelf()) {
      JavaClass used = dependency.getTargetClass().getBaseComponentType();
      if (!used.isPrimitive() && found(used.getName()) == null) {
        problem(user, "has no " + used.getName());
      }
    }

    for (JavaAccess<?> access : user.getAccessesFromSelf()) {
      AccessTarget target = access.getTarget();
      Class<?> owner = target.getOwner().isArray() ? null : found(target.getOwner().getName());
      if (owner != null && !linked.computeIfAbsent(target, any -> isLinked(owner, any))) {
        problem(user, "has no %s as it is called".formatted(target.getFullName()));
      }
    }

    Class<?> own = found(user.getName());
    if (own != null) {
      lookAtOverridden(user, own);
    }
  }

  private void problem(JavaClass user, String what) {
    problems.add(user.getName() + ": " + what);
  }

  /** Returns a class; null if it is not there. */
  private Class<?> found(String name) {
    return found.computeIfAbsent(name, this::loaded).orElse(null);
  }

  private Optional<Class<?>> loaded(String name) {
    try {
      return Optional.of(Class.forName(name, false, loader));
    } catch (ClassNotFoundException | LinkageError e) {
      return Optional.empty();
    }
  }

  /** A class of the jar has what it calls of itself, even if a type of another method is absent. */
  private boolean isLinked(Class<?> owner, AccessTarget target) {
    try {
      return isHeld(owner, target);
    } catch (LinkageError e) {
      return classes.contain(owner.getName());
    }
  }

  private boolean isHeld(Class<?> owner, AccessTarget target) {
    if (target instanceof FieldAccessTarget field) {
      return supertypes(owner).stream()
          .flatMap(type -> Arrays.stream(type.getDeclaredFields()))
          .filter(this::isReachable)
          .anyMatch(any -> isThe(field, any));
    }

    CodeUnitAccessTarget called = (CodeUnitAccessTarget) target;
    List<String> parameters =
        called.getRawParameterTypes().stream().map(JavaClass::getName).toList();
    if (called.getName().equals("<init>")) {
      return Arrays.stream(owner.getDeclaredConstructors())
          .filter(this::isReachable)
          .anyMatch(any -> names(any.getParameterTypes()).equals(parameters));
    }

    String returned = called.getRawReturnType().getName();
    return owner.getPackageName().equals("java.lang.invoke") // their methods take anything
        || supertypes(owner).stream()
            .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
            .filter(this::isReachable)
            .filter(any -> any.getName().equals(called.getName()))
            .filter(any -> any.getReturnType().getName().equals(returned))
            .anyMatch(any -> names(any.getParameterTypes()).equals(parameters));
  }

  /**
   * What is private in another version than the one that the jar was compiled with is not there.
   */
  private boolean isReachable(Member member) {
    return !Modifier.isPrivate(member.getModifiers())
        || classes.contain(member.getDeclaringClass().getName());
  }

  private static boolean isThe(FieldAccessTarget target, Field field) {
    return field.getName().equals(target.getName())
        && field.getType().getName().equals(target.getRawType().getName());
  }

  private static List<String> names(Class<?>[] types) {
    return Arrays.stream(types).map(Class::getName).toList();
  }

  /** Returns a type, and all types that it extends and implements. */
  private static List<Class<?>> supertypes(Class<?> type) {
    List<Class<?>> all = new ArrayList<>(List.of(type));
    for (int at = 0; at < all.size(); at++) {
      if (all.get(at).getSuperclass() != null) {
        all.add(all.get(at).getSuperclass());
      }

      all.addAll(List.of(all.get(at).getInterfaces()));
    }

    if (type.isInterface()) {
      all.add(Object.class);
    }

    return all;
  }

  /**
   * A method that another version declares with another return type would not be overridden, and
   * one that it has in addition would be missing.
   */
  private void lookAtOverridden(JavaClass user, Class<?> own) {
    try {
      Method[] declared = own.getDeclaredMethods();
      supertypes(own).stream()
          .filter(type -> !classes.contain(type.getName()))
          .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
          .filter(method -> !Modifier.isPrivate(method.getModifiers()))
          .filter(method -> !isOverriddenAsItIs(method, declared))
          .forEach(method -> problem(user, "does not override " + method));
      if (!Modifier.isAbstract(own.getModifiers())) {
        Arrays.stream(own.getMethods())
            .filter(method -> Modifier.isAbstract(method.getModifiers()))
            .forEach(method -> problem(user, "lacks " + method));
      }
    } catch (LinkageError e) {
      problem(user, "cannot be linked: " + e);
    }
  }

  /** Returns whether the methods of this name and these parameters, if any, return its type too. */
  private static boolean isOverriddenAsItIs(Method method, Method[] declared) {
    List<Method> overriding =
        Arrays.stream(declared)
            .filter(own -> own.getName().equals(method.getName()))
            .filter(own -> !Modifier.isStatic(own.getModifiers()))
            .filter(own -> Arrays.equals(own.getParameterTypes(), method.getParameterTypes()))
            .toList();
    return overriding.isEmpty()
        || overriding.stream().anyMatch(own -> own.getReturnType() == method.getReturnType());
  }
}
