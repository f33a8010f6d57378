package io.paritree;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.architecture.SourceTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The walks of {@code ARCHITECTURE.md}: which class hands a value to which. */
class WalksTest {
  private static final Path ROOT = Path.of(System.getProperty("paritree.root"));
  private static final Pattern WALK = Pattern.compile("(?m)^(A .+):\n((?:  .+\n)+)");
  private static final Pattern STEP = Pattern.compile("(\\w+) \\([^)]+\\)(?: -> |$)");

  @Test
  void theFourWalksAreDrawn() throws IOException {
    assertThat(walks(Files.readString(ROOT.resolve("ARCHITECTURE.md"))))
        .hasSize(4)
        .allSatisfy(walk -> assertThat(walk).hasSizeGreaterThan(3));
  }

  @Test
  void eachClassOfAWalkExistsAndNoWalkReturnsToARoomThatItHasLeft() throws IOException {
    Map<String, List<String>> rooms = SourceTree.read(ROOT).classesByRoom();
    for (List<String> walk : walks(Files.readString(ROOT.resolve("ARCHITECTURE.md")))) {
      assertThat(roomsLeftAndEnteredAgain(walk, rooms)).as("%s", walk).isEmpty();
    }
  }

  @Test
  void aPlantedReturnIsSeen() {
    Map<String, List<String>> rooms = Map.of("up", List.of("A", "B"), "down", List.of("C"));

    assertThat(roomsLeftAndEnteredAgain(List.of("A", "B", "C"), rooms)).isEmpty();
    assertThat(roomsLeftAndEnteredAgain(List.of("A", "C", "B"), rooms)).containsExactly("up");
  }

  /** Returns the classes of each walk; each of its steps is a class and what that hands on. */
  private static List<List<String>> walks(String page) {
    List<List<String>> walks = new ArrayList<>();
    for (Matcher walk = WALK.matcher(page); walk.find(); ) {
      String steps = walk.group(2).strip().replaceAll("\\s+", " ");
      List<String> classes = new ArrayList<>();
      Matcher step = STEP.matcher(steps);
      int end = 0;
      while (step.find() && step.start() == end) {
        classes.add(step.group(1));
        end = step.end();
      }

      assertThat(end).as("what is read of: %s", steps).isEqualTo(steps.length());
      walks.add(classes);
    }

    return walks;
  }

  private static List<String> roomsLeftAndEnteredAgain(
      List<String> walk, Map<String, List<String>> classesByRoom) {
    List<String> entered = new ArrayList<>();
    List<String> again = new ArrayList<>();
    for (String type : walk) {
      List<String> rooms =
          classesByRoom.entrySet().stream()
              .filter(room -> room.getValue().contains(type))
              .map(Map.Entry::getKey)
              .toList();
      assertThat(rooms).as("the room of %s", type).hasSize(1);
      String room = rooms.get(0);
      if (entered.isEmpty() || !entered.get(entered.size() - 1).equals(room)) {
        if (entered.contains(room)) {
          again.add(room);
        }

        entered.add(room);
      }
    }

    return again;
  }
}
