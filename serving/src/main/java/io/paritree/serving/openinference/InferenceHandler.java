package io.paritree.serving.openinference;

import io.javalin.http.Context;
import io.paritree.NameList;
import io.paritree.UnsupportedModelException;
import io.paritree.forest.explain.ContributionMode;
import io.paritree.forest.explain.Explainer;
import io.paritree.model.ScoringModel;
import io.paritree.record.JsonDocument;
import io.paritree.record.MalformedJsonException;
import io.paritree.serving.answer.AnswerForm;
import io.paritree.serving.answer.Answers;
import io.paritree.serving.answer.JsonBytes;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.models.ServedModel;
import io.paritree.serving.openinference.InferRequest.Output;
import io.paritree.serving.request.MediaTypes;
import io.paritree.serving.request.ModelAddress;
import io.paritree.serving.request.ReasonsAnswer;
import io.paritree.serving.request.RequestRows;
import io.paritree.serving.request.RequestRows.Scored;
import io.paritree.serving.request.RowLimit;
import io.paritree.serving.request.ScoringParts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Inference of the Open Inference Protocol (V2) over REST.
 *
 * <p>The outputs are {@code score}, {@code margin}, and, for models of classes, {@code label};
 * {@code contributions} and {@code reasons} too if they are requested. Tensors are JSON, or bytes
 * after it, in both directions. One bad row refuses the whole request; the answer has the faults of
 * all rows. Thread-safe.
 */
public record InferenceHandler(ScoringParts parts) {
  /** The length of the JSON at the start of a body that has binary tensor data. */
  private static final String JSON_LENGTH = "Inference-Header-Content-Length";

  /** {@code POST /v2/models/{name}[/versions/{version}]/infer}. */
  public void infer(Context ctx) throws IOException {
    ServedModel served = ModelAddress.model(ctx, parts.models());
    byte[] body = MediaTypes.tensorBody(ctx);
    int jsonLength = jsonLength(ctx.header(JSON_LENGTH), body.length);
    RequestRows rows = new RequestRows(served, parts);
    InferRequest request;
    ReasonsAnswer reasons; // null if none are requested
    try {
      try (JsonDocument document = JsonDocument.of(body, 0, jsonLength)) {
        request = InferRequest.read(document);
      }

      checkOutputs(request.outputs(), served);
      reasons = reasons(request, rows);
      TensorPlaces places = new TensorPlaces(rows, request.inputs());
      new TensorReader(places, request.inputs()).read(body);
      new BinaryReader(places, request.inputs()).read(body, jsonLength);
      places.fillMissing();
    } catch (MalformedJsonException e) {
      throw new ProblemException(Problems.MALFORMED_BODY.of(e.getMessage()));
    }

    Optional<Explainer> explainer = explainer(request, rows);
    Scored scored = rows.score(ctx);
    JsonBytes answer = served.buffers().answer();
    InferAnswer.Explained explained =
        new InferAnswer.Explained(contributions(explainer, rows), reasons, rows.slots());
    OptionalInt jsonBefore = InferAnswer.write(request, served, scored, explained, answer);
    if (jsonBefore.isPresent()) {
      Answers.type(MediaTypes.BYTES, ctx);
      ctx.header(JSON_LENGTH, Integer.toString(jsonBefore.getAsInt()));
    }

    Answers.send(answer, ctx);
  }

  private static Optional<Output> requested(InferRequest request, String output) {
    return request.outputs().stream().filter(wanted -> wanted.name().equals(output)).findFirst();
  }

  /** Prepares the reasons that are requested; null if none are. */
  private ReasonsAnswer reasons(InferRequest request, RequestRows rows) {
    Optional<Output> requested = requested(request, InferAnswer.REASONS);
    if (requested.isEmpty()) {
      rows.keepForLater();
      return null;
    }

    ReasonsAnswer reasons = ReasonsAnswer.ofRows(requested.get().reasons(), rows.served());
    rows.keepIn(reasons.values(), reasons.rowBytes());
    return reasons;
  }

  /**
   * Returns what computes the contributions, if they are requested.
   *
   * @throws ProblemException if the model has none, or there are too many rows for them
   */
  private Optional<Explainer> explainer(InferRequest request, RequestRows rows) {
    Optional<Output> requested = requested(request, InferAnswer.CONTRIBUTIONS);
    if (requested.isEmpty()) {
      return Optional.empty();
    }

    requested.get().reasons(); // refuses parameters that are wrong, though it needs none
    ScoringModel model = rows.served().model();
    try {
      Explainer explainer = model.explainer(ContributionMode.FAST);
      long rowBytes = (long) AnswerForm.NUMBER_BYTES * explainer.contributions();
      RowLimit.of(parts.limits(), rows.served().model().engine(), rowBytes).check(rows.count());
      return Optional.of(explainer);
    } catch (UnsupportedModelException e) {
      throw new ProblemException(
          Problems.UNUSABLE_PARAMETER.of(InferAnswer.CONTRIBUTIONS, e.getMessage()));
    }
  }

  private static float[] contributions(Optional<Explainer> explainer, RequestRows rows) {
    if (explainer.isEmpty()) {
      return new float[0];
    }

    float[] contributions =
        new float[Math.multiplyExact(rows.count(), explainer.get().contributions())];
    explainer.get().explain(rows.slots(), rows.count(), contributions);
    return contributions;
  }

  /** Returns the length of the JSON at the start of a body. */
  private static int jsonLength(String header, int bodyLength) {
    if (header == null) {
      return bodyLength;
    }

    boolean number = header.matches("[0-9]{1,9}");
    int length = number ? Integer.parseInt(header) : -1;
    if (length < 0 || length > bodyLength) {
      throw InferRequest.wrong(
          "the header " + JSON_LENGTH,
          "the length of the JSON at the start of the body, at most %s".formatted(bodyLength));
    }

    if (length == 0) {
      throw InferRequest.wrong(
          "the body",
          "JSON that describes the tensors before their data; raw requests have none and are not"
              + " supported");
    }

    return length;
  }

  /** Each output is allowed once, so that repeated names cannot make the answer larger. */
  private static void checkOutputs(List<Output> requested, ServedModel served) {
    List<String> names = new ArrayList<>(InferAnswer.names(served));
    names.add(InferAnswer.CONTRIBUTIONS);
    names.add(InferAnswer.REASONS);
    Set<String> unique = new HashSet<>();
    for (Output output : requested) {
      if (!names.contains(output.name()) || !unique.add(output.name())) {
        throw InferRequest.wrong(
            "outputs", "names from %s, each once".formatted(NameList.known(names)));
      }
    }
  }
}
