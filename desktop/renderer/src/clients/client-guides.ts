/**
 * How each kind of crash reporter is pointed at a server. `plugins/collector/CLIENTS.md` says the same for people who
 * read the repository; a test holds the two together.
 */
export interface ClientGuide {
  id: string;
  title: string;
  /** What to write, for the address that reports are posted to. */
  code(submitUrl: string): string;
  /** What the reporter makes of the answer, and where its user finds the crash id. */
  answer: string;
  /** Whether this was run against the server, and how. */
  tried: string;
}

/** The Sentry-style path of the same server: it answers the bare id. */
export function minidumpUrl(submitUrl: string): string {
  return submitUrl.replace(/\/submit$/, '/api/1/minidump/');
}

export const clientGuides: readonly ClientGuide[] = [
  {
    id: 'electron',
    title: 'Electron',
    code: (submitUrl) => `const { app, crashReporter } = require('electron');

// In the main process, before the app is ready.
crashReporter.start({
  submitURL: '${submitUrl}',
  productName: 'Paint',
  compress: true,
  globalExtra: { _version: app.getVersion(), channel: 'beta' },
});`,
    answer: 'clients.clientGuides.crashreporterGetlastcrashreportIdIs',
    tried: 'clients.clientGuides.yesElectron33On',
  },
  {
    id: 'crashpad',
    title: 'Crashpad in C++',
    code: (submitUrl) => `auto database = crashpad::CrashReportDatabase::Initialize(database_path);
database->GetSettings()->SetUploadsEnabled(true);

crashpad::CrashpadClient client;
client.StartHandler(
    handler_path, database_path, /*metrics_dir=*/database_path,
    "${submitUrl}",
    {{"prod", "Paint"}, {"ver", "1.2.3"}, {"channel", "beta"}},
    /*arguments=*/{}, /*restartable=*/true, /*asynchronous_start=*/false);`,
    answer: 'clients.clientGuides.theHandlerKeepsThe',
    tried: 'clients.clientGuides.byTheCrashpadHandler',
  },
  {
    id: 'breakpad',
    title: 'Breakpad',
    code: (submitUrl) => `std::map<std::string, std::string> parameters = {
    {"ProductName", "Paint"}, {"Version", "1.2.3"}, {"ReleaseChannel", "beta"}};
std::map<std::string, std::string> files = {{"upload_file_minidump", minidump_path}};
std::string response, error;
bool sent = google_breakpad::HTTPUpload::SendRequest(
    "${submitUrl}",
    parameters, files, /*proxy=*/"", /*proxy_user_pwd=*/"", /*ca_certificate_file=*/"",
    &response, /*response_code=*/nullptr, &error);`,
    answer: 'clients.clientGuides.responseHoldsCrashidBp',
    tried: 'clients.clientGuides.noTheSamePost',
  },
  {
    id: 'firefox',
    title: 'Firefox-style',
    code: (submitUrl) => `; application.ini
[Crash Reporter]
Enabled=1
ServerURL=${submitUrl}`,
    answer: 'clients.clientGuides.theReporterWritesThe',
    tried: 'clients.clientGuides.noItsFormAnnotations',
  },
  {
    id: 'android',
    title: 'Android, native code',
    code: (
      submitUrl,
    ) => `// On the next start: post what Breakpad or Crashpad has left in the app's folder (Kotlin, OkHttp).
val form = MultipartBody.Builder().setType(MultipartBody.FORM)
    .addFormDataPart("ProductName", "Paint for Android")
    .addFormDataPart("Version", BuildConfig.VERSION_NAME)
    .addFormDataPart("upload_file_minidump", dump.name,
        dump.asRequestBody("application/octet-stream".toMediaType()))
    .build()
val request = Request.Builder().url("${submitUrl}").post(form).build()
OkHttpClient().newCall(request).execute().use { answer ->
    if (answer.code in listOf(200, 400, 401, 413)) dump.delete()
}`,
    answer: 'clients.clientGuides.theBodyOfA',
    tried: 'clients.clientGuides.noTheSameForm',
  },
  {
    id: 'java',
    title: 'Java, without a minidump',
    code: (submitUrl) => `// In an UncaughtExceptionHandler (Java 11 or later).
var trace = new StringWriter();
error.printStackTrace(new PrintWriter(trace));
var fields = Map.of("ProductName", "Paint Server", "Version", "1.2.3", "JavaStackTrace", trace.toString());
var boundary = UUID.randomUUID().toString();
var form = new StringBuilder();
fields.forEach((name, value) -> form.append("--" + boundary
    + "\\r\\nContent-Disposition: form-data; name=\\"" + name + "\\"\\r\\n\\r\\n" + value + "\\r\\n"));
var request = HttpRequest.newBuilder(URI.create("${submitUrl}"))
    .header("Content-Type", "multipart/form-data; boundary=" + boundary)
    .POST(HttpRequest.BodyPublishers.ofString(form + "--" + boundary + "--\\r\\n")).build();
HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());`,
    answer: 'clients.clientGuides.theBodyOfA2',
    tried: 'clients.clientGuides.byCurlTheTrace',
  },
  {
    id: 'curl',
    title: 'curl',
    code: (submitUrl) => `curl -F ProductName=Paint -F Version=1.2.3 \\
  -F upload_file_minidump=@crash.dmp ${submitUrl}`,
    answer: 'clients.clientGuides.itPrintsCrashidBp',
    tried: 'yes',
  },
];

/** What every client may be told. */
export const answerMeanings: readonly { answer: string; meaning: string }[] = [
  { answer: '200 CrashID=bp-…', meaning: 'clients.clientGuides.storedOnTheDisk' },
  { answer: '200 Discarded=rule_…', meaning: 'clients.clientGuides.thrownAwayByA' },
  { answer: '400, 401 or 413', meaning: 'clients.clientGuides.neverTakenAsIt' },
  { answer: '429 or 503', meaning: 'clients.clientGuides.notNowSendIt' },
];
