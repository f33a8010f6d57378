package io.paritree;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.io.ObjectInputStream;
import java.util.List;
import java.util.stream.Stream;

/**
 * What holds for the two modules that use shared-model: whom they never know, what they never do.
 */
public final class ModuleRules {
  private ModuleRules() {}

  /** Returns the classes of a module without its tests. */
  public static JavaClasses mainClasses(String ownPackage) {
    return new ClassFileImporter()
        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
        .importPackages(ownPackage);
  }

  /**
   * Returns the rules of a module.
   *
   * @param foreignPackages packages that it must never depend on, as ArchUnit writes them
   */
  public static List<ArchRule> of(String... foreignPackages) {
    return Stream.<ArchRule>of(
            noClasses().should().dependOnClassesThat().resideInAnyPackage(foreignPackages),
            noClasses().should().dependOnClassesThat().areAssignableTo(ObjectInputStream.class),
            noClasses().should().callMethod(Class.class, "forName", String.class),
            noClasses()
                .that()
                .haveSimpleNameNotEndingWith("Main")
                .should()
                .callMethod(System.class, "exit", int.class),
            noClasses().should().callMethod(Thread.class, "sleep", long.class))
        .toList();
  }
}
