package io.paritree.model.trainer;

import io.paritree.CorruptModelException;
import io.paritree.Fault;
import io.paritree.feature.NumberText;
import io.paritree.feature.Schema;
import io.paritree.forest.Engine;
import io.paritree.forest.Rounds;
import io.paritree.model.Opening;
import io.paritree.model.RoundsChoice;
import io.paritree.model.seal.Sealing;
import io.paritree.xgboost.XgboostModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Claims that the trainer added other trees, added them otherwise, or began with a base margin. */
final class ForestClaims {
  /** To try all numbers of rounds takes time in the square of their number. */
  private static final long MAX_TREE_WALKS = 20_000_000;

  /** The share of the rows that a base margin must explain. */
  private static final double LEAST_OF_OFFSET = 0.9;

  private static final int LEAST_ROWS = 10;

  private static final String INPLACE =
      "the predictions of this DART model were made by inplace prediction, as the scikit-learn wrapper does, which rounds each tree's sum: write those of booster.predict(DMatrix)";

  private record Scoring(String text, Engine other) implements Claim {
    @Override
    public Engine engine(Engine usual) {
      return other;
    }
  }

  /** Some of the first rounds; its engine is made only when it is tried. */
  private record FirstRounds(XgboostModel model, int end, Schema schema) implements Claim {
    @Override
    public String text() {
      return "the trainer scored the first %s of %s rounds: give --rounds %s"
          .formatted(end, model.rounds(), end);
    }

    @Override
    public Engine engine(Engine usual) {
      try {
        return Opening.forest(model, range(model, end), schema);
      } catch (CorruptModelException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private ForestClaims() {}

  /** Returns the usual forest, and the others that have names. */
  static List<Claim> named(Sealing sealing) {
    XgboostModel model = sealing.model();
    int usual = sealing.rounds().end();
    Map<Integer, String> rounds = new LinkedHashMap<>();
    rounds.put(usual, "");
    try {
      rounds.putIfAbsent(
          RoundsChoice.best(model).end(),
          "the trainer stopped early and scored the best %s of %s rounds: give --rounds best"
              .formatted(RoundsChoice.best(model).end(), model.rounds()));
    } catch (CorruptModelException e) {
      // The file names a best iteration that it does not have: then nobody scored with it.
    }

    rounds.putIfAbsent(
        model.rounds(),
        "the trainer scored all %s rounds: give --rounds all".formatted(model.rounds()));
    List<Claim> claims = new ArrayList<>();
    try {
      for (Map.Entry<Integer, String> choice : rounds.entrySet()) {
        int end = choice.getKey();
        claims.add(
            end == usual ? Claim.NOTHING : new Scoring(choice.getValue(), engine(sealing, end)));
      }

      if (sealing.schema().offsets().isEmpty()) { // with them, inplace prediction has the same bits
        for (Map.Entry<Integer, String> choice : rounds.entrySet()) {
          String text =
              choice.getValue().isEmpty() ? INPLACE : choice.getValue() + "; and " + INPLACE;
          model
              .dartInplace(range(model, choice.getKey()))
              .ifPresent(forest -> claims.add(new Scoring(text, forest)));
        }
      }
    } catch (CorruptModelException e) {
      throw new IllegalStateException(e);
    }

    return claims;
  }

  /**
   * Returns the model with each smaller number of rounds, the largest first; none if there are too
   * many to try.
   *
   * @param rows number of rows that each will be tried on
   */
  static List<Claim> numbered(Sealing sealing, int rows) {
    XgboostModel model = sealing.model();
    List<Claim> claims = new ArrayList<>();
    boolean isTooMany = (long) model.rounds() * model.trees() / 2 * rows > MAX_TREE_WALKS;
    if (model.isLinear() || isTooMany) {
      return claims;
    }

    for (int end = model.rounds() - 1; end > 0; end--) {
      if (end != sealing.rounds().end()) {
        claims.add(new FirstRounds(model, end, sealing.schema()));
      }
    }

    return claims;
  }

  /**
   * Finds the columns that the trainer gave as base margin, among those that no feature reads.
   *
   * @param columns number of columns with predictions
   * @return with how many rows it agrees, and what to do; empty if no column explains most of the
   *     rows that differ, and most of all
   */
  static Optional<String> offset(Evidence evidence, int columns) {
    Sealing sealing = evidence.sealing();
    List<TrainerRow> rows = evidence.rows();
    int outputs = sealing.forest().outputs();
    List<String> others = evidence.others();
    List<TrainerRow> differing = rows.stream().filter(row -> !row.equal()).toList();
    if (!sealing.schema().offsets().isEmpty() || differing.size() < LEAST_ROWS) {
      return Optional.empty();
    }

    Engine engine = withOffsets(sealing);
    for (int first = 0; first + outputs <= others.size(); first++) {
      List<String> tried = others.subList(first, first + outputs);
      for (boolean isLogarithm : new boolean[] {false, true}) {
        if (agreeing(differing, engine, first, isLogarithm, columns) < LEAST_OF_OFFSET) {
          continue;
        }

        int agree =
            (int) Math.round(agreeing(rows, engine, first, isLogarithm, columns) * rows.size());
        if (agree >= LEAST_OF_OFFSET * rows.size()) {
          return Optional.of(
              "what agrees, with %s of %s rows: %s"
                  .formatted(agree, rows.size(), offsetText(tried, isLogarithm)));
        }
      }
    }

    return Optional.empty();
  }

  private static String offsetText(List<String> columns, boolean isLogarithm) {
    List<String> names = columns.stream().map(Fault::printable).toList();
    return isLogarithm
        ? "the trainer gave the logarithm of %s as base margin: write it as a column, and give that as --offset, or in the schema as a number with \"role\": \"offset\""
            .formatted(names)
        : "the trainer gave %s as base margin: give %s, or in the schema a number with \"role\": \"offset\""
            .formatted(names, "--offset " + String.join(" --offset ", names));
  }

  private static Engine withOffsets(Sealing sealing) {
    float[] always = new float[sealing.forest().outputs()];
    Arrays.fill(always, Float.NaN);
    try {
      Rounds rounds = range(sealing.model(), sealing.rounds().end());
      return sealing.model().forest(rounds).withOffsets(always).fast();
    } catch (CorruptModelException e) {
      throw new IllegalStateException(e);
    }
  }

  private static float[] withOffsets(
      List<TrainerRow> rows, Engine engine, int first, boolean isLogarithm) {
    int outputs = engine.outputs();
    int modelWidth = engine.width() - outputs;
    float[] slots = new float[rows.size() * engine.width()];
    for (int row = 0; row < rows.size(); row++) {
      int at = row * engine.width();
      System.arraycopy(rows.get(row).slots(), 0, slots, at, modelWidth);
      for (int output = 0; output < outputs; output++) {
        double number = NumberText.parse(rows.get(row).others()[first + output]);
        slots[at + modelWidth + output] = (float) (isLogarithm ? Math.log(number) : number);
      }
    }

    return slots;
  }

  /** Returns the share of the rows that agree if columns from {@code first} on are offsets. */
  private static double agreeing(
      List<TrainerRow> rows, Engine engine, int first, boolean isLogarithm, int columns) {
    Scored scored = new Scored(engine, withOffsets(rows, engine, first, isLogarithm), rows.size());
    List<Precision> precisions = new ArrayList<>(Precision.of(rows));
    if (isLogarithm) {
      precisions.add(Precision.loose(rows)); // the trainer may have computed it in float
    }

    double agree = 0;
    for (Precision precision : precisions) {
      agree = Math.max(agree, agreeing(rows, scored, columns, engine.outputs(), precision));
    }

    return agree / rows.size();
  }

  /** Returns how many rows have the scores as predictions, or the margins. */
  private static int agreeing(
      List<TrainerRow> rows, Scored scored, int columns, int outputs, Precision precision) {
    int scores = 0;
    int margins = 0;
    for (int at = 0; at < rows.size(); at++) {
      scores += Claim.NOTHING.agrees(rows.get(at), scored, at, precision) ? 1 : 0;
      boolean isMargin = columns == outputs;
      for (int output = 0; isMargin && output < outputs; output++) {
        isMargin = precision.near(rows.get(at).predicted(output), scored.margin(at, output));
      }

      margins += isMargin ? 1 : 0;
    }

    return Math.max(scores, margins);
  }

  private static Engine engine(Sealing sealing, int end) throws CorruptModelException {
    Rounds range = range(sealing.model(), end);
    return Opening.forest(sealing.model(), range, sealing.schema()).fast();
  }

  private static Rounds range(XgboostModel model, int end) {
    return end == model.rounds() ? Rounds.ALL : new Rounds(end);
  }
}
