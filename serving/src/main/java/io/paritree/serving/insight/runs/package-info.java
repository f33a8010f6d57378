/**
 * The runs of an output, as the job has reported them: {@code /v1/scores/{table}/runs}.
 *
 * <p>Knows requests, the outputs in service and the reports of runs. Reads nothing before it is
 * asked for.
 */
package io.paritree.serving.insight.runs;
