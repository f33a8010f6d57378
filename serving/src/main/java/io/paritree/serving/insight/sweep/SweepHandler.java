package io.paritree.serving.insight.sweep;

import io.javalin.http.Context;
import io.paritree.NameList;
import io.paritree.feature.Field;
import io.paritree.feature.NumberText;
import io.paritree.feature.Schema;
import io.paritree.forest.Engine;
import io.paritree.record.MalformedJsonException;
import io.paritree.serving.answer.Answers;
import io.paritree.serving.answer.JsonBytes;
import io.paritree.serving.answer.Problem;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.insight.sweep.SweptPoints.Point;
import io.paritree.serving.models.ServedModel;
import io.paritree.serving.request.MediaTypes;
import io.paritree.serving.request.ModelAddress;
import io.paritree.serving.request.RowLimit;
import io.paritree.serving.request.ScoringParts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * {@code POST .../sweep}: the scores of a record with other values of one field, and the nearest
 * values with another label.
 *
 * <p>A point's score has the bits that {@code .../score} gives for the record with that value.
 * Neither counted as scored nor logged as a prediction. Thread-safe.
 */
public record SweepHandler(ScoringParts parts) {
  private static final int MAX_VALUE_BYTES = 64;

  public void handle(Context ctx) throws IOException {
    ServedModel served = ModelAddress.model(ctx, parts.models());
    byte[] body = MediaTypes.jsonBody(ctx);
    try {
      Answers.send(answer(body, served), ctx);
    } catch (MalformedJsonException e) {
      throw new ProblemException(Problems.MALFORMED_BODY.of(e.getMessage()));
    }
  }

  private JsonBytes answer(byte[] body, ServedModel served) throws MalformedJsonException {
    SweepRequest request = SweepRequest.read(body);
    Schema schema = served.model().schema();
    int index = schema.fieldIndex(request.field());
    if (index < 0) {
      List<String> names = schema.fields().stream().map(Field::column).toList();
      throw SweepRequest.wrong(
          SweepRequest.FIELD, "one of the model's fields " + NameList.known(names));
    }

    Engine engine = served.model().engine();
    SweptField field = new SweptField(schema.fields().get(index), served.model());
    long rowBytes = served.form().rowBytes(engine.outputs()) + MAX_VALUE_BYTES;
    SweptPoints points = new SweptPoints(field, RowLimit.of(parts.limits(), engine, rowBytes));
    SweptRecord record =
        SweptRecord.read(body, index, schema, field, points, served.buffers().reader);
    points.around(record.own());
    if (!request.hasValues()) {
      addPoints(request, field, points, record.slots());
    }

    Point own = record.own();
    VariedRows rows = new VariedRows(served, record.slots(), field.rules().slots());
    List<Point> all = new ArrayList<>();
    all.add(own);
    all.addAll(points.list());
    VariedRows.Result[] results = scored(all, rows);
    JsonBytes json = served.buffers().answer();
    json.raw("{\"model\":").string(served.name());
    json.raw(",\"model_version\":").string(served.model().modelVersion());
    json.raw(",\"field\":").string(request.field()).raw(",\"own\":");
    write(own, results[0], rows, json);
    json.raw(",\"points\":");
    json.list(points.list().size(), at -> write(all.get(at + 1), results[at + 1], rows, json));
    if (points.leftOut() > 0) {
      json.raw(",\"thresholds_left_out\":").number(points.leftOut());
    }

    if (field.isStepwise()) {
      float[] thresholds = points.thresholds();
      json.raw(",\"thresholds\":");
      json.list(thresholds.length, at -> json.raw(NumberText.of(thresholds[at])));
    }

    if (results[0] != null && served.model().outputs().hasLabel()) {
      writeFlips(field, points, results, rows, json);
    }

    return json.raw("}\n");
  }

  /** Adds the points of a request that has no values of its own. */
  private static void addPoints(
      SweepRequest request, SweptField field, SweptPoints points, float[] record) {
    if (request.from().isPresent()) {
      if (!field.rules().isOfNumbers()) {
        throw SweepRequest.wrong(SweepRequest.FROM, "a field of numbers; give values of this one");
      }

      points.addSpaced(
          request.from().getAsDouble(), request.to().getAsDouble(), request.steps().getAsInt());
    } else if (field.isStepwise()) {
      points.addSteps(record);
    } else if (field.isListed()) {
      points.addListed();
    }

    if (points.list().isEmpty()) {
      throw new ProblemException(
          Problems.MISSING_PARAMETER.of(
              SweepRequest.VALUES,
              "values, since the model has no list of values or thresholds of this field"));
    }
  }

  /** Returns the results of points, null of those with faults. */
  private static VariedRows.Result[] scored(List<Point> points, VariedRows rows) {
    VariedRows.Result[] results = new VariedRows.Result[points.size()];
    int begin = 0;
    rows.clear();
    for (int at = 0; at < results.length; at++) {
      if (!points.get(at).isFaulty()) {
        rows.add(points.get(at).slots());
      }

      if (rows.count() == rows.most() || at == results.length - 1) {
        rows.score();
        int next = 0;
        for (int scored = begin; scored <= at; scored++) {
          results[scored] = points.get(scored).isFaulty() ? null : rows.result(next++);
        }

        begin = at + 1;
        rows.clear();
      }
    }

    return results;
  }

  /**
   * Writes a point.
   *
   * @param result null if it has faults
   */
  private static void write(
      Point point, VariedRows.Result result, VariedRows rows, JsonBytes json) {
    writeValue(point.json(), json);
    if (result == null) {
      json.raw("\"errors\":");
      Problem.write(point.faults(), json);
    } else {
      rows.write(result, json);
    }

    json.raw('}');
  }

  private static void writeValue(String value, JsonBytes json) {
    json.raw("{\"value\":").raw(value.getBytes(StandardCharsets.UTF_8)).raw(',');
  }

  /**
   * Writes the points with another class than the record's own: of numbers the nearest below and
   * above it, of listed values the first two.
   *
   * @param results the record's own, and those of the points
   */
  private static void writeFlips(
      SweptField field,
      SweptPoints points,
      VariedRows.Result[] results,
      VariedRows rows,
      JsonBytes json) {
    int own = rows.classIndex(results[0]);
    int[] others =
        IntStream.range(0, points.list().size())
            .filter(at -> results[at + 1] != null && rows.classIndex(results[at + 1]) != own)
            .toArray();
    int[] flips =
        field.isStepwise()
            ? points.nearest(others)
            : IntStream.of(others).limit(field.isListed() ? 2 : 0).toArray();
    if (flips.length > 0) {
      json.raw(",\"flips\":");
      json.list(
          flips.length,
          index -> {
            writeValue(points.nearestValue(flips[index]), json);
            rows.write(results[flips[index] + 1], json);
            json.raw('}');
          });
    }
  }
}
