package io.paritree.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import io.paritree.architecture.Architecture.Library;
import io.paritree.architecture.Architecture.Room;
import io.paritree.architecture.planted.PlantedHelper;
import io.paritree.architecture.planted.PlantedPromise;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The rules of each module: a room uses only rooms further down on {@code
 * docs/architecture/rooms.md}, without the uses that the document forbids; libraries are used only
 * where it says so; and no class does what {@link CodeRules} forbid. For each rule, a test shows
 * that it catches a planted breach.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class ArchitectureContract {
  private static final Architecture ARCHITECTURE = Architecture.read();
  private static final JavaClasses BREACHES = breaches();

  private static final Path ROOT = Path.of(System.getProperty("paritree.root"));

  private final String module;
  private final List<Room> rooms;
  private final JavaClasses main;
  private SourceTree sources;
  private PlantedClasses planted;

  /**
   * @param module the module's directory
   * @param ownPackage the package that holds all classes of the module
   */
  protected ArchitectureContract(String module, String ownPackage) {
    this.module = module;
    this.rooms =
        ARCHITECTURE.rooms().stream().filter(room -> room.module().equals(module)).toList();
    this.main =
        new ClassFileImporter()
            .importPath(ROOT.resolve(module).resolve("target/classes"))
            .that(resideInAPackage(ownPackage + ".."));
  }

  private static JavaClasses breaches() {
    Set<Class<?>> planted = new HashSet<>(Set.of(PlantedHelper.class.getDeclaredClasses()));
    planted.addAll(Set.of(PlantedHelper.class, PlantedPromise.class));
    return new ClassFileImporter().importClasses(planted);
  }

  @BeforeAll
  void plant(@TempDir Path directory) throws IOException {
    sources = SourceTree.read(ROOT);
    planted = new PlantedClasses(ARCHITECTURE, rooms, directory);
  }

  /** Returns the classes of the module without its tests. */
  protected JavaClasses main() {
    return main;
  }

  List<Room> rooms() {
    return rooms;
  }

  /** Returns the rooms that a room of the module may use, by the map. */
  protected Set<String> usableBy(String room) {
    return rooms.stream()
        .filter(candidate -> candidate.name().equals(room))
        .map(Room::usable)
        .findFirst()
        .orElseThrow();
  }

  /** Returns the rooms of the module that may use a library, by the map. */
  protected Set<String> roomsUsing(String library) {
    Set<String> users =
        libraries().stream()
            .filter(known -> known.packages().equals(library))
            .map(Library::rooms)
            .findFirst()
            .orElseThrow();
    return rooms.stream().map(Room::name).filter(users::contains).collect(Collectors.toSet());
  }

  static List<Library> libraries() {
    return ARCHITECTURE.libraries();
  }

  static Stream<ArchRule> codeRules() {
    return CodeRules.all();
  }

  @Test
  void eachPackageIsARoomOfTheMap() {
    Set<String> packages = main.stream().map(JavaClass::getPackageName).collect(Collectors.toSet());

    assertThat(rooms).extracting(Room::name).containsExactlyInAnyOrderElementsOf(packages);
  }

  @ParameterizedTest
  @MethodSource("rooms")
  void roomHoldsTheClassesThatTheMapNames(Room room) {
    assertThat(sources.classesByRoom().get(room.name())).containsAll(room.mentions());
  }

  @ParameterizedTest
  @MethodSource("rooms")
  void roomUsesOnlyRoomsThatTheMapAllows(Room room) {
    assertThat(room.rule().evaluate(main).getFailureReport().getDetails()).isEmpty();
  }

  /** The compiler copies constants, so the classes alone do not show every use. */
  @ParameterizedTest
  @MethodSource("rooms")
  void roomNamesOnlyRoomsThatTheMapAllows(Room room) {
    assertThat(room.usable()).containsAll(roomsNamedBy(room));
  }

  private Set<String> roomsNamedBy(Room room) {
    Set<String> named = new HashSet<>(packagesNamedBy(room));
    named.retainAll(ARCHITECTURE.rooms().stream().map(Room::name).toList());
    return named;
  }

  private Set<String> packagesNamedBy(Room room) {
    return sources.namedByRoom().getOrDefault(room.name(), Set.of());
  }

  private Set<String> packagesUsedBy(Room room) {
    return main.stream()
        .filter(used -> used.getPackageName().equals(room.name()))
        .flatMap(user -> user.getDirectDependenciesFromSelf().stream())
        .map(Dependency::getTargetClass)
        .map(JavaClass::getBaseComponentType)
        .map(JavaClass::getPackageName)
        .collect(Collectors.toSet());
  }

  @ParameterizedTest
  @MethodSource("rooms")
  void useThatTheMapDoesNotAllowIsCaught(Room room) {
    Set<String> others = ARCHITECTURE.rooms().stream().map(Room::name).collect(Collectors.toSet());
    others.remove(room.name());
    others.removeAll(room.usable());

    assertThat(others).isNotEmpty();
    assertThat(planted.caughtBy(room.rule())).isEqualTo(Map.of(room.name(), others));
  }

  @ParameterizedTest
  @MethodSource("libraries")
  void libraryIsUsedOnlyWhereTheMapSays(Library library) {
    assertThat(library.rule().evaluate(main).getFailureReport().getDetails()).isEmpty();
    for (Room room : rooms) {
      if (!library.rooms().contains(room.name())) {
        assertThat(packagesNamedBy(room)).as("%s", room).noneMatch(library::contains);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("libraries")
  void libraryInAnyOtherRoomIsCaught(Library library) {
    Map<String, Set<String>> caught = planted.caughtBy(library.rule());
    for (Room room : rooms) {
      Set<String> expected =
          library.rooms().contains(room.name())
              ? Set.of()
              : Set.of(PlantedClasses.packageIn(library));

      assertThat(caught.getOrDefault(room.name(), Set.of())).as("%s", room).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @MethodSource("libraries")
  void mapNamesNoRoomThatDoesNotUseTheLibrary(Library library) {
    for (Room room : rooms) {
      if (library.rooms().contains(room.name())) {
        assertThat(packagesUsedBy(room)).as("%s", room).anyMatch(library::contains);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("codeRules")
  void codeRuleHolds(ArchRule rule) {
    assertThat(rule.evaluate(main).getFailureReport().getDetails()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("codeRules")
  void codeRuleCatchesAPlantedBreach(ArchRule rule) {
    assertThat(rule.evaluate(BREACHES).hasViolation()).isTrue();
  }

  /** A module without this file promises nothing to programs. */
  @Test
  void programsOutsideFindWhatIsPromised() throws IOException {
    Path promised = ROOT.resolve(module).resolve("src/test/public-api.txt");

    assertThat(PromisedApi.of(main))
        .as(
            "%s: a new line may be added; without a line that is there, compiled programs fail"
                + " (CONTRIBUTING.md, 'A type for programs outside')",
            promised)
        .isEqualTo(Files.exists(promised) ? Files.readAllLines(promised) : List.of());
  }

  @Test
  void aChangeOfWhatIsPromisedIsSeen() {
    assertThat(PromisedApi.of(BREACHES))
        .containsExactly(
            PlantedPromise.class.getName() + ": <init>(int)",
            PlantedPromise.class.getName() + ": class java.lang.Object",
            PlantedPromise.class.getName() + ": final int size",
            PlantedPromise.class.getName()
                + ": java.lang.String text([J) throws java.io.IOException");
  }
}
