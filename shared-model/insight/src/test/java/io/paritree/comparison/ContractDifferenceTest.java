package io.paritree.comparison;

import static io.paritree.comparison.Effect.BREAKING;
import static io.paritree.comparison.Effect.BREAKING_BY_DATA;
import static io.paritree.comparison.Effect.COMPATIBLE;
import static io.paritree.comparison.Effect.MEANING;
import static io.paritree.comparison.Effect.NEEDS_COLUMN;
import static io.paritree.comparison.Effect.NOTE;
import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.manifest.Outputs;
import io.paritree.model.manifest.SchemaForm;
import io.paritree.model.manifest.SchemaParser;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ContractDifferenceTest {
  private static final String SCHEMA =
      """
      {"features": [
        {"name": "amount", "type": "number", "min": 0, "max": 5000, "missing": [-999]},
        {"name": "weight", "type": "number", "nullable": false},
        {"name": "express", "type": "boolean"},
        {"name": "carrier", "type": "category", "categories": ["AA", "DL", "UA"],
         "unseen": "reject"},
        {"name": "region", "type": "category", "categories": ["N", "S"], "unseen": "missing"},
        {"name": "hour", "type": "hour", "column": "departure", "zone": "America/Chicago"},
        {"name": "prior", "type": "number", "role": "offset", "default": 0.25}]%s}
      """;

  private static final String BINARY =
      """
      , "outputs": {"names": ["late"], "classes": ["on_time", "late"], "threshold": 0.25}""";
  private static final String CLASSES =
      """
      , "outputs": {"names": ["small", "medium", "large"],
                    "classes": ["small", "medium", "large"]}""";

  /**
   * A planted change.
   *
   * @param text is replaced in the schema
   * @param kinds the changes that are found
   */
  private record Planted(
      String outputs,
      String text,
      String by,
      Effect tables,
      Effect http,
      String subject,
      List<String> kinds) {
    @Override
    public String toString() {
      return "%s: '%s' instead of '%s'".formatted(kinds, by.strip(), text.strip());
    }
  }

  private static Planted field(
      String text, String by, Effect tables, Effect http, String subject, String... kinds) {
    return new Planted(BINARY, text, by, tables, http, subject, List.of(kinds));
  }

  private static Planted output(
      String outputs, String text, String by, Effect effect, String subject, String... kinds) {
    return new Planted(outputs, text, by, effect, effect, subject, List.of(kinds));
  }

  static Stream<Planted> planted() {
    return Stream.of(
        field(
            "{\"name\": \"express\", \"type\": \"boolean\"},",
            "",
            COMPATIBLE,
            BREAKING,
            "express",
            "field_removed"),
        field(
            "{\"name\": \"express\"",
            "{\"name\": \"age\", \"type\": \"number\"}, {\"name\": \"express\"",
            NEEDS_COLUMN,
            COMPATIBLE,
            "age",
            "field_added"),
        field(
            "{\"name\": \"express\"",
            "{\"name\": \"age\", \"type\": \"number\", \"nullable\": false}, {\"name\": \"express\"",
            BREAKING,
            BREAKING,
            "age",
            "field_added"),
        field(
            "{\"name\": \"prior\"",
            "{\"name\": \"other\", \"type\": \"number\", \"role\": \"offset\"}, {\"name\": \"prior\"",
            BREAKING,
            BREAKING,
            "other",
            "field_added"),
        field(
            "{\"name\": \"prior\"",
            "{\"name\": \"o\", \"type\": \"number\", \"role\": \"offset\", \"default\": 1},"
                + " {\"name\": \"prior\"",
            NEEDS_COLUMN,
            COMPATIBLE,
            "o",
            "field_added"),
        field(
            "\"weight\", \"type\": \"number\"",
            "\"weight\", \"type\": \"category\", \"categories\": [\"a\"], \"unseen\": \"reject\"",
            BREAKING,
            BREAKING,
            "weight",
            "type_changed"),
        field(
            "\"categories\": [\"N\", \"S\"]",
            "\"categories\": [1, 2]",
            BREAKING,
            BREAKING,
            "region",
            "type_changed"),
        field(
            "\"express\", \"type\": \"boolean\"",
            "\"express\", \"type\": \"boolean\", \"nullable\": false",
            BREAKING_BY_DATA,
            BREAKING_BY_DATA,
            "express",
            "value_required"),
        field(
            ", \"default\": 0.25",
            "",
            BREAKING_BY_DATA,
            BREAKING_BY_DATA,
            "prior",
            "value_required"),
        field(
            "\"min\": 0",
            "\"min\": 1",
            BREAKING_BY_DATA,
            BREAKING_BY_DATA,
            "amount",
            "min_narrowed"),
        field(
            "\"max\": 5000",
            "\"max\": 4000",
            BREAKING_BY_DATA,
            BREAKING_BY_DATA,
            "amount",
            "max_narrowed"),
        field(
            "[\"AA\", \"DL\", \"UA\"]",
            "[\"AA\", \"UA\"]",
            BREAKING_BY_DATA,
            BREAKING_BY_DATA,
            "carrier",
            "categories_removed"),
        field("\"min\": 0, ", "", COMPATIBLE, COMPATIBLE, "amount", "min_widened"),
        field("5000", "6000", COMPATIBLE, COMPATIBLE, "amount", "max_widened"),
        field("\"UA\"]", "\"UA\", \"WN\"]", COMPATIBLE, COMPATIBLE, "carrier", "categories_added"),
        field(", \"nullable\": false", "", COMPATIBLE, COMPATIBLE, "weight", "value_optional"),
        field("[-999]", "[-999, -1]", MEANING, MEANING, "amount", "missing_changed"),
        field("America/Chicago", "Europe/Zurich", MEANING, MEANING, "departure", "zone_changed"),
        field("0.25}]", "0.5}]", MEANING, MEANING, "prior", "default_changed"),
        field(
            "\"min\": 0, \"max\": 5000",
            "\"min\": 1, \"max\": 4000",
            BREAKING_BY_DATA,
            BREAKING_BY_DATA,
            "amount",
            "range_narrowed"),
        field("[-999]", "[]", BREAKING_BY_DATA, BREAKING_BY_DATA, "amount", "missing_changed"),
        field(
            ", \"nullable\": false}",
            ", \"nullable\": false, \"missing\": [-1]}",
            BREAKING_BY_DATA,
            BREAKING_BY_DATA,
            "weight",
            "missing_changed"),
        field(
            ", \"zone\": \"America/Chicago\"",
            "",
            BREAKING_BY_DATA,
            BREAKING_BY_DATA,
            "departure",
            "zone_changed"),
        field(
            "\"unseen\": \"missing\"",
            "\"unseen\": \"reject\"",
            BREAKING_BY_DATA,
            BREAKING_BY_DATA,
            "region",
            "unseen_changed"),
        field("\"reject\"", "\"missing\"", MEANING, MEANING, "carrier", "unseen_changed"),
        field(
            "\"unseen\": \"missing\"",
            "\"unseen\": {\"as\": \"S\"}",
            MEANING,
            MEANING,
            "region",
            "unseen_changed"),
        field(
            "[\"AA\", \"DL\", \"UA\"]",
            "[\"UA\", \"DL\", \"AA\"]",
            MEANING,
            MEANING,
            "carrier",
            "categories_reordered"),
        field("[\"N\", \"S\"]", "[\"N\"]", MEANING, MEANING, "region", "categories_removed"),
        field(
            "\"type\": \"hour\"",
            "\"type\": \"month\"",
            MEANING,
            MEANING,
            "departure",
            "parts_changed"),
        field(
            "\"type\": \"boolean\"",
            "\"type\": \"boolean\", \"group\": \"service\"",
            NOTE,
            NOTE,
            "express",
            "group_changed"),
        field(
            "\"type\": \"boolean\"",
            "\"type\": \"boolean\", \"reason\": \"never\"",
            NOTE,
            NOTE,
            "express",
            "reason_changed"),
        output(BINARY, "[\"late\"]", "[\"delayed\"]", BREAKING, "late", "output_renamed"),
        output(BINARY, "\"on_time\"", "\"punctual\"", BREAKING, "on_time", "class_renamed"),
        output(
            BINARY,
            "[\"on_time\", \"late\"]",
            "[\"late\", \"on_time\"]",
            BREAKING,
            "",
            "class_reordered"),
        output(
            BINARY, "\"threshold\": 0.25", "\"threshold\": 0.3", MEANING, "", "threshold_changed"),
        output(
            BINARY,
            "\"threshold\": 0.25",
            "\"threshold\": 0.25, \"calibration\": {\"method\": \"sigmoid\", \"in\": \"double\", \"a\": -5, \"b\": 2}",
            MEANING,
            "",
            "calibration_changed"),
        output(
            CLASSES,
            "[\"small\", \"medium\", \"large\"]",
            "[\"large\", \"medium\", \"small\"]",
            BREAKING,
            "",
            "output_reordered",
            "class_reordered"),
        output(
            CLASSES,
            "[\"small\", \"medium\", \"large\"]",
            "[\"small\", \"medium\"]",
            BREAKING,
            "large",
            "output_removed",
            "class_removed"),
        output(
            CLASSES,
            "[\"small\", \"medium\", \"large\"]",
            "[\"small\", \"medium\", \"large\", \"huge\"]",
            BREAKING,
            "huge",
            "output_added",
            "class_added"));
  }

  private static ContractDifference.Contracted contracted(String schema) throws Exception {
    SchemaForm form = SchemaParser.fromJson("schema.json", schema.getBytes(StandardCharsets.UTF_8));
    boolean isBinary = schema.contains("threshold");
    String objective = isBinary ? "binary:logistic" : "multi:softprob";
    int scores = isBinary ? 1 : form.outputs().names().orElseThrow().size();
    return new ContractDifference.Contracted(
        form.schema("schema.json", slot -> Optional.empty()),
        form.reasons(),
        form.outputs().bind("schema.json", objective, scores, scores),
        objective);
  }

  private static Contract contract(String before, String now) throws Exception {
    return new ContractDifference(contracted(before), contracted(now)).contract();
  }

  @ParameterizedTest
  @MethodSource("planted")
  void eachPlantedChangeIsInItsClass(Planted planted) throws Exception {
    String before = SCHEMA.formatted(planted.outputs);
    String now = before.replace(planted.text, planted.by);
    assertThat(now).isNotEqualTo(before);

    List<ContractChange> changes = contract(before, now).changes();

    assertThat(changes).extracting(ContractChange::kind).containsExactlyElementsOf(planted.kinds);
    assertThat(changes)
        .allSatisfy(
            change -> {
              assertThat(change.subject()).isEqualTo(planted.subject);
              assertThat(change.tables()).isEqualTo(planted.tables);
              assertThat(change.http()).isEqualTo(planted.http);
              assertThat(change.detail()).isNotEmpty();
            });
  }

  @Test
  void onlyWhatBreaksWhereAModelIsUsedKeepsItFromBeingADropIn() throws Exception {
    String before = SCHEMA.formatted(BINARY);
    Contract removed =
        contract(before, before.replace("{\"name\": \"express\", \"type\": \"boolean\"},", ""));

    assertThat(contract(before, before).changes()).isEmpty();
    assertThat(contract(before, before).of(Face.HTTP)).isEqualTo(COMPATIBLE);
    assertThat(removed.of(Face.TABLES)).isEqualTo(COMPATIBLE);
    assertThat(removed.of(Face.HTTP)).isEqualTo(BREAKING);
    assertThat(removed.isDropIn(EnumSet.of(Face.TABLES))).isTrue();
    assertThat(removed.isDropIn(EnumSet.allOf(Face.class))).isFalse();
  }

  private static DataComparison refusing(OneSidedFault fault) {
    Outputs outputs = new Outputs(List.of("0"), Outputs.Kind.VALUES, List.of(), 0.5f);
    return new DataComparison(
        ComparisonForm.of(outputs, outputs, List.of("id"), "", 0),
        new RowComparison(9, fault.rows(), 0, 0, 9, List.of(), Optional.empty()),
        0,
        0,
        List.of(fault),
        Map.of(),
        List.of());
  }

  @Test
  void rowsThatOnlyTheChallengerRefusesBreakSomethingWhateverTheContractSays() throws Exception {
    String before = SCHEMA.formatted(BINARY);
    Contract parts = contract(before, before.replace("\"type\": \"hour\"", "\"type\": \"month\""));
    Contract narrower = contract(before, before.replace("\"min\": 0", "\"min\": 1"));

    Contract refused =
        parts.decidedBy(
            refusing(new OneSidedFault(Side.CHALLENGER, "departure", "bad_timestamp", 3)));
    Contract explained =
        narrower.decidedBy(
            refusing(new OneSidedFault(Side.CHALLENGER, "amount", "out_of_range", 3)));
    Contract harmless =
        narrower.decidedBy(refusing(new OneSidedFault(Side.CHAMPION, "amount", "too_long", 3)));

    assertThat(refused.changes())
        .extracting(ContractChange::kind)
        .containsExactly("parts_changed", "rows_refused");
    assertThat(refused.changes().get(1).rows()).hasValue(3);
    assertThat(refused.isDropIn(EnumSet.of(Face.TABLES))).isFalse();
    assertThat(explained.changes())
        .extracting(ContractChange::kind)
        .containsExactly("min_narrowed");
    assertThat(explained.of(Face.HTTP)).isEqualTo(BREAKING);
    assertThat(harmless.of(Face.HTTP)).isEqualTo(COMPATIBLE);
  }

  @Test
  void aChangeThatMayRefuseRowsStillMeansSomethingWhereItRefusesNone() throws Exception {
    String before = SCHEMA.formatted(BINARY);
    Contract contract =
        contract(before, before.replace("\"unseen\": \"missing\"", "\"unseen\": \"reject\""));

    assertThat(contract.of(Face.TABLES)).isEqualTo(BREAKING_BY_DATA);
    assertThat(
            contract
                .decidedBy(
                    refusing(new OneSidedFault(Side.CHAMPION, "region", "unseen_category", 1)))
                .of(Face.TABLES))
        .isEqualTo(MEANING);
  }

  @Test
  void anotherObjectiveMeansOtherScores() throws Exception {
    ContractDifference.Contracted before = contracted(SCHEMA.formatted(BINARY));
    ContractDifference.Contracted now =
        new ContractDifference.Contracted(
            before.schema(), before.rules(), before.outputs(), "rank:ndcg");

    assertThat(new ContractDifference(before, now).contract().changes())
        .containsExactly(
            ContractChange.of(
                "objective_changed", "", MEANING, "from binary:logistic to rank:ndcg"));
  }

  @Test
  void aVocabularyOfManyCategoriesIsComparedInAMoment() throws Exception {
    StringBuilder categories = new StringBuilder("\"c0\"");
    for (int category = 1; category < 50_000; category++) {
      categories.append(", \"c").append(category).append('"');
    }

    String before =
        SCHEMA.formatted(BINARY).replace("\"AA\", \"DL\", \"UA\"", categories.toString());

    List<ContractChange> changes = contract(before, before.replace("\"c7\"", "\"d7\"")).changes();

    assertThat(changes)
        .extracting(ContractChange::kind)
        .containsExactly("categories_removed", "categories_added");
  }
}
