package io.paritree;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.io.ObjectInputStream;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Who may know whom in this module, and what no class does. Each rule is shown to catch a breach.
 */
class ArchitectureTest {
  private static final String OURS = "io.paritree..";
  private static final String ROOT = "io.paritree";

  /** Endings that say nothing; a name that is nothing but one of the words is left alone. */
  private static final String FORBIDDEN_ENDING =
      ".*[.$]\\w+(Impl|Base|Manager|Helper|Helpers|Util|Utils|Data|Info|Factory)";

  private static final JavaClasses MAIN =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  private static final JavaClasses PLANTED =
      new ClassFileImporter()
          .importPackages(ROOT)
          .that(resideInAPackage("io.paritree..planted..").or(equivalentTo(PlantedRoot.class)));

  static Stream<ArchRule> rules() {
    return Stream.of(
        knowsOnly("io.paritree"),
        knowsOnly("io.paritree.feature.."),
        knowsOnly("io.paritree.forest.."),
        knowsOnly("io.paritree.record..", "io.paritree.feature"),
        knowsOnly("io.paritree.xgboost..", "io.paritree.forest"),
        noClasses()
            .that()
            .resideInAPackage("io.paritree.store..")
            .should()
            .dependOnClassesThat(
                resideInAPackage(OURS).and(not(resideInAPackage("io.paritree.store..")))),
        onlyFrom("io.paritree.xgboost", "ml.dmlc.."),
        onlyFrom("io.paritree.store", "org.apache.hadoop.."),
        noClasses().should().dependOnClassesThat().areAssignableTo(ObjectInputStream.class),
        noClasses().should().callMethod(Class.class, "forName", String.class),
        noClasses()
            .should()
            .callMethod(Class.class, "forName", String.class, boolean.class, ClassLoader.class),
        noClasses().should().callMethod(Thread.class, "sleep", long.class),
        noClasses()
            .that()
            .haveSimpleNameNotEndingWith("Main")
            .should()
            .callMethod(System.class, "exit", int.class),
        noClasses()
            .should()
            .haveNameMatching(FORBIDDEN_ENDING)
            .orShould()
            .haveSimpleNameStartingWith("Abstract"),
        fields()
            .that()
            .areDeclaredInClassesThat()
            .arePublic()
            .and()
            .areNotPrivate()
            .should()
            .beFinal());
  }

  /** Of ours, a package knows itself, the root package and what is named. */
  private static ArchRule knowsOnly(String from, String... known) {
    String[] allowed =
        Stream.concat(Stream.of(from, ROOT), Arrays.stream(known)).toArray(String[]::new);
    return noClasses()
        .that()
        .resideInAPackage(from)
        .should()
        .dependOnClassesThat(resideInAPackage(OURS).and(not(resideInAnyPackage(allowed))));
  }

  private static ArchRule onlyFrom(String owner, String library) {
    return noClasses()
        .that()
        .resideOutsideOfPackage(owner)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library);
  }

  @ParameterizedTest
  @MethodSource("rules")
  void ruleHolds(ArchRule rule) {
    List<String> breaches = rule.evaluate(MAIN).getFailureReport().getDetails();

    assertThat(breaches).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("rules")
  void ruleCatchesAPlantedBreach(ArchRule rule) {
    assertThat(rule.evaluate(PLANTED).hasViolation()).isTrue();
  }

  /** The root package is to know no other. */
  static final class PlantedRoot {
    private PlantedRoot() {}

    static int width(io.paritree.feature.Schema schema) {
      return schema.width();
    }
  }
}
