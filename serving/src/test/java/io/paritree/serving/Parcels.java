package io.paritree.serving;

import io.paritree.model.TestPackages;
import io.paritree.model.TestRecords;
import io.paritree.serving.Client.Answer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The first parcels, and the native endpoint's answer for each.
 *
 * @param scores as text, like the other components
 */
public record Parcels(List<String> scores, List<String> margins, List<String> labels) {
  public static final int ROWS = 60;

  /** Scores each parcel in a request of its own. */
  public static Parcels scored(int port) throws IOException {
    Parcels parcels = new Parcels(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    try (Client client = new Client(port)) {
      for (String record : TestPackages.records(ROWS)) {
        Answer answer = client.post("/v1/models/parcel-late/score?margin=true", record);
        Map<String, Object> members = JsonTree.object(answer.body());
        parcels.scores.add((String) members.get("score"));
        parcels.margins.add((String) members.get("margin"));
        parcels.labels.add((String) members.get("label"));
      }
    }

    return parcels;
  }

  /** Returns the JSON value of a cell. */
  public static String value(int row, int column) {
    String cell = TestRecords.cells(row).get(column);
    boolean text = column == 3 || column == 5;
    String value = text ? "\"" + cell + "\"" : cell;
    return cell.isEmpty() ? "null" : value;
  }

  public static String rows(Function<Integer, String> row) {
    return IntStream.range(0, ROWS).boxed().map(row).collect(Collectors.joining(",", "[", "]"));
  }

  public static String row(int row, List<Integer> order) {
    return order.stream().map(at -> value(row, at)).collect(Collectors.joining(",", "[", "]"));
  }

  public static List<Integer> order() {
    return new ArrayList<>(List.of(0, 1, 2, 3, 4, 5));
  }

  public static String columnNames(List<Integer> order) {
    return order.stream()
        .map(at -> "\"" + TestRecords.COLUMNS.get(at) + "\"")
        .collect(Collectors.joining(",", "[", "]"));
  }
}
