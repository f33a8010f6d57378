package io.paritree.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import io.paritree.PublicApi;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What programs outside may use, as a compiled program refers to it: the types that are marked
 * {@link PublicApi} and {@code Engine}, and their members, except those that mention another type
 * of ours.
 */
final class PromisedApi {
  private static final String OURS = "io.paritree.";
  private static final String ENGINE = "io.paritree.forest.Engine";
  private static final Set<JavaModifier> SAID =
      Set.of(JavaModifier.ABSTRACT, JavaModifier.FINAL, JavaModifier.STATIC);

  private PromisedApi() {}

  /** Returns a line for each type and member. */
  static List<String> of(JavaClasses classes) {
    TreeSet<String> lines = new TreeSet<>();
    for (JavaClass type : classes) {
      if (!isPromised(type)) {
        continue;
      }

      String supers =
          Stream.concat(type.getRawSuperclass().stream(), type.getRawInterfaces().stream())
              .filter(PromisedApi::mayBeMentioned)
              .map(JavaClass::getName)
              .sorted()
              .collect(Collectors.joining(", "));
      String kind = isFinal(type) ? "final class" : "class";
      kind = type.isInterface() ? "interface" : kind;
      lines.add("%s: %s %s".formatted(type.getName(), kind, supers).strip());
      List<JavaMember> members = new ArrayList<>(type.getAllFields());
      members.addAll(type.getAllMethods());
      members.addAll(type.getConstructors());
      members.stream()
          .filter(PromisedApi::isPromised)
          .forEach(member -> lines.add("%s: %s".formatted(type.getName(), line(member))));
    }

    return List.copyOf(lines);
  }

  private static boolean isPromised(JavaClass type) {
    return type.isAnnotatedWith(PublicApi.class) || type.getName().equals(ENGINE);
  }

  private static boolean isFinal(JavaClass type) {
    return type.getModifiers().contains(JavaModifier.FINAL);
  }

  private static boolean mayBeMentioned(JavaClass type) {
    JavaClass single = type.getBaseComponentType();
    return !single.getName().startsWith(OURS) || isPromised(single);
  }

  private static boolean isPromised(JavaMember member) {
    Set<JavaModifier> modifiers = member.getModifiers();
    boolean isVisible =
        modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
    return isVisible
        && !modifiers.contains(JavaModifier.SYNTHETIC)
        && member.getOwner().getName().startsWith(OURS)
        && types(member).allMatch(PromisedApi::mayBeMentioned);
  }

  private static Stream<JavaClass> types(JavaMember member) {
    if (member instanceof JavaField field) {
      return Stream.of(field.getRawType());
    }

    JavaCodeUnit code = (JavaCodeUnit) member;
    return Stream.concat(Stream.of(code.getRawReturnType()), code.getRawParameterTypes().stream());
  }

  private static String line(JavaMember member) {
    if (member instanceof JavaField field) {
      return words(field) + field.getRawType().getName() + " " + field.getName();
    }

    JavaCodeUnit code = (JavaCodeUnit) member;
    String parameters =
        code.getRawParameterTypes().stream()
            .map(JavaClass::getName)
            .collect(Collectors.joining(", ", "(", ")"));
    String returned =
        code instanceof JavaMethod method ? method.getRawReturnType().getName() + " " : "";
    String thrown =
        code.getExceptionTypes().stream()
            .map(JavaClass::getName)
            .sorted()
            .collect(Collectors.joining(", "));
    return words(code)
        + returned
        + code.getName()
        + parameters
        + (thrown.isEmpty() ? "" : " throws " + thrown);
  }

  private static String words(JavaMember of) {
    return of.getModifiers().stream()
        .filter(SAID::contains)
        .map(modifier -> modifier.name().toLowerCase(Locale.ROOT) + " ")
        .sorted()
        .collect(Collectors.joining());
  }
}
