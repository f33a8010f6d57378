package io.paritree.demo;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * Shows that the endpoint gives a stored flight the same score as the nightly job, bit for bit.
 *
 * <p>Usage: {@code FlightDelayCheck SCORES http://HOST:PORT [--exit]}. Exits with 1 if the scores
 * differ. With {@code --exit} the server ends too, and no requests to try are shown.
 */
public final class FlightDelayCheck {
  private FlightDelayCheck() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    boolean equal;
    try (SparkSession spark = Flights.spark()) {
      Dataset<Row> scored = spark.read().parquet(args[0]);
      equal = sameOverHttp(scored, args[1], args.length == 2);
    }

    if (!equal) {
      System.exit(1);
    }
  }

  /**
   * @param staysUp whether the server can be asked afterwards
   */
  private static boolean sameOverHttp(Dataset<Row> scored, String server, boolean staysUp)
      throws IOException, InterruptedException {
    Row flight = scored.orderBy(functions.desc("score"), functions.col("flight_id")).first();
    float stored = flight.<Float>getAs("score");
    String record =
        """
        {"date": "%s", "distance": %s, "origin": "%s", "destination": "%s"}"""
            .formatted(
                flight.getAs("date"),
                flight.getAs("distance"),
                flight.getAs("origin"),
                flight.getAs("destination"));
    HttpClient client = HttpClient.newHttpClient();
    URI row = URI.create(server + "/v1/scores/flights/" + flight.getAs("flight_id"));
    HttpResponse<String> lookedUp =
        client.send(HttpRequest.newBuilder(row).build(), HttpResponse.BodyHandlers.ofString());
    float found = lookedUp.statusCode() == 200 ? score(lookedUp.body()) : Float.NaN;
    URI uri = URI.create(server + "/v1/models/flight-delay/score");
    HttpResponse<String> answer =
        client.send(
            HttpRequest.newBuilder(uri)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(record))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    float online = answer.statusCode() == 200 ? score(answer.body()) : Float.NaN;
    boolean equalFound = Float.floatToRawIntBits(stored) == Float.floatToRawIntBits(found);
    boolean equal = Float.floatToRawIntBits(stored) == Float.floatToRawIntBits(online);
    System.out.printf(
        "Flight %s, stored by the job: %s (bits %08x)%n",
        flight.getAs("flight_id"), stored, Float.floatToRawIntBits(stored));
    System.out.printf(
        "The stored score, by its key:       %s (bits %08x): %s%n",
        found, Float.floatToRawIntBits(found), equalFound ? "equal, bit for bit" : "DIFFERENT");
    System.out.printf(
        "The same flight over HTTP:          %s (bits %08x): %s%n",
        online, Float.floatToRawIntBits(online), equal ? "equal, bit for bit" : "DIFFERENT");
    System.out.printf("Looked up: %s %s%n", lookedUp.statusCode(), lookedUp.body().strip());
    System.out.printf("Answer: %s %s%n", answer.statusCode(), answer.body().strip());
    if (staysUp) {
      System.out.printf("Try:%n  curl -s %s%n", row);
      System.out.printf(
          "or:%n  curl -s -H 'Content-Type: application/json' -d '%s' %s%n", record, uri);
    }

    return equal && equalFound;
  }

  private static float score(String json) throws IOException {
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      while (parser.nextToken() != null) {
        if (parser.currentToken() == JsonToken.FIELD_NAME
            && (parser.currentName().equals("score") || parser.currentName().equals("late"))) {
          parser.nextToken();
          if (parser.currentToken().isNumeric()) {
            return (float) parser.getDoubleValue();
          }
        }
      }
    }

    throw new IOException("Cannot find a score in the answer: " + json);
  }
}
