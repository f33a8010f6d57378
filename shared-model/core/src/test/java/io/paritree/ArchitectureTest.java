package io.paritree;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import io.paritree.architecture.Architecture;
import io.paritree.architecture.ArchitectureContract;
import io.paritree.architecture.NestedConditionals;
import io.paritree.architecture.SourceTree;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import io.paritree.xgboost.NativeBooster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import ml.dmlc.xgboost4j.java.Booster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks the rooms of the model, and the rules for the sources of all modules. */
class ArchitectureTest extends ArchitectureContract {
  private static final Path ROOT = Path.of(System.getProperty("paritree.root"));

  ArchitectureTest() {
    super("shared-model/core", "io.paritree");
  }

  @Test
  void onlyOpeningMakesAScoringModel() {
    assertThat(callersOfConstructor(main(), ScoringModel.class)).containsExactly(Opening.class);
  }

  @Test
  void onlyNativeBoosterUsesXgboost4j() {
    assertThat(users(main(), "ml.dmlc")).containsExactly(NativeBooster.class.getName());
  }

  @Test
  void plantedCallAndUseAreFound() {
    JavaClasses planted = new ClassFileImporter().importClasses(Planted.class, TempDir.class);

    assertThat(callersOfConstructor(planted, Planted.class)).containsExactly(Planted.class);
    assertThat(users(planted, "ml.dmlc")).containsExactly(ArchitectureTest.class.getName());
  }

  private record Planted(Booster booster) {
    static Planted make() {
      return new Planted(null);
    }
  }

  private static Set<Class<?>> callersOfConstructor(JavaClasses classes, Class<?> made) {
    return classes.stream()
        .filter(
            caller ->
                caller.getConstructorCallsFromSelf().stream()
                    .anyMatch(call -> call.getTargetOwner().isEquivalentTo(made)))
        .map(JavaClass::reflect)
        .collect(Collectors.toSet());
  }

  private static Set<String> users(JavaClasses classes, String library) {
    return classes.stream()
        .filter(
            user ->
                user.getDirectDependenciesFromSelf().stream()
                    .anyMatch(used -> used.getTargetClass().getPackageName().startsWith(library)))
        .map(user -> user.getName().replaceFirst("\\$[^$]*$", ""))
        .collect(Collectors.toSet());
  }

  @Test
  void forestUsesOnlyTheJdkAndNoFiles() {
    assertThat(
            usesOnlyTheJdk("io.paritree.forest").evaluate(main()).getFailureReport().getDetails())
        .isEmpty();
    assertThat(usesOnlyTheJdk("io.paritree.xgboost").evaluate(main()).hasViolation()).isTrue();
  }

  private static ArchRule usesOnlyTheJdk(String room) {
    return noClasses()
        .that()
        .resideInAPackage(room)
        .and()
        .doNotHaveSimpleName("VectorWidth") // reads which features the CPU has
        .and()
        .doNotHaveSimpleName("Calibration") // goes to Spark's tasks with the outputs
        .should()
        .dependOnClassesThat()
        .resideOutsideOfPackages(
            room, "java.lang..", "java.nio", "java.util..", "jdk.incubator.vector"); // no files
  }

  /** Held here as well, because the other rules follow the map. */
  @Test
  void mapKeepsTheLibrariesOfThisModuleApart() {
    assertThat(roomsUsing("picocli..")).isEmpty();
    assertThat(roomsUsing("com.typesafe.config..")).isEmpty();
    assertThat(roomsUsing("org.snakeyaml..")).containsExactly("io.paritree.model.layout");
    assertThat(roomsUsing("ml.dmlc..")).containsExactly("io.paritree.xgboost");
    assertThat(roomsUsing("org.apache.hadoop..")).containsExactly("io.paritree.store");
  }

  @Test
  void noTwoClassesShareASimpleName() throws IOException {
    assertThat(SourceTree.read(ROOT).sharedNames()).isEmpty();
  }

  @Test
  void eachRoomSaysWhatItKnows() throws IOException {
    assertThat(SourceTree.read(ROOT).roomsWithoutDescription()).isEmpty();
  }

  @Test
  void eachClassThatTheMapMentionsExists() throws IOException {
    assertThat(SourceTree.classNames(ROOT)).containsAll(Architecture.read().classes());
  }

  /** Scripts read what commands print, and other programs the names of files. */
  @Test
  void noTextIsWrittenAsTheCountryWritesNumbers() throws IOException {
    assertThat(SourceTree.formatsOfTheCountry(ROOT)).isEmpty();
  }

  @Test
  void plantedFormatsOfTheCountryAreFound(@TempDir Path root) throws IOException {
    plant(
        root.resolve("one/src/main/java/io/paritree/other/Class0.java"),
        """
        // "%d" is no text, nor is '"'
        String a = "%020d.json".formatted(1) + String.format(Locale.ROOT, "%,.2f", 0.5f);
        String b = "%s of %-12s (5 %%)%n".formatted("x", 1) + "\\"%1$x";
        String c = String.format(Locale.ROOT,
            "%08x", 1).concat("%S");
        """);

    assertThat(SourceTree.formatsOfTheCountry(root))
        .containsExactly("Class0: \"%020d.json\"", "Class0: \"%S\"", "Class0: \"\\\"%1$x\"");
  }

  @Test
  void noConditionalExpressionIsAnOperandOfAnother() throws IOException {
    assertThat(NestedConditionals.under(ROOT)).isEmpty();
  }

  @Test
  void plantedNestedConditionalsAreFound(@TempDir Path root) throws IOException {
    plant(
        root.resolve("Some.java"),
        """
        class Some {
          int sign(int of) {
            return of < 0
                ? -1
                : (of > 0 ? 1 : 0);
          }

          int apart(int of) {
            return of < 0 ? -1 : Math.max(0, of > 9 ? 9 : of);
          }
        }
        """);
    assertThat(NestedConditionals.under(root)).containsExactly("Some.java:5");
  }

  @Test
  void plantedSourcesAreFound(@TempDir Path root) throws IOException {
    plant(root.resolve("one/src/main/java/io/paritree/undescribed/Class0.java"), "");
    plant(
        root.resolve("two/src/main/java/io/paritree/other/Class0.java"),
        """
        import static io.paritree.one.two.Names.NAME;
        import io.paritree.three.Outer.Inner;
        import io.paritree.four.*;
        import io.paritree.other.Class0.Inner;
        /** As {@link io.paritree.five.Other}. */
        class Class0 {
          int number = io.paritree.six.Numbers.SIX;
        }
        """);
    plant(root.resolve("two/src/main/java/io/paritree/other/package-info.java"), "");

    SourceTree planted = SourceTree.read(root);

    assertThat(planted.sharedNames()).containsExactly("Class0");
    assertThat(planted.roomsWithoutDescription()).containsExactly("io.paritree.undescribed");
    assertThat(planted.namedByRoom().get("io.paritree.other"))
        .containsExactly(
            "io.paritree.four", "io.paritree.one.two", "io.paritree.six", "io.paritree.three");
  }

  private static void plant(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
