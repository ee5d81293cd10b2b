exports.handler = awslambda.streamifyResponse(async (event, responseStream) => {
  const stream = awslambda.HttpResponseStream.from(responseStream, { statusCode: 200, headers: { 'content-type': 'text/event-stream' } });
  stream.write('data: first\n\n');
  // The rest comes when the client has had time to see the first alone.
  await new Promise((resolve) => setTimeout(resolve, Number(event.queryStringParameters?.waitMs ?? 0)));
  stream.write('data: second\n\n');
  stream.end();
});
