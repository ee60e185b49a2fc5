// Templates the others are made of. The names Alertmanager has too mean the same there; those of one alert begin with
// `__alert_`.

/** Of `__alert_*` the dot is an alert, of `__text_alert_list*` a list of alerts, of the others a notification. */
export const general = {
  name: 'default.tmpl',
  text: `
{{- define "__alertmanager" }}LangGraph Monitor{{ end }}
{{- define "__alertmanagerURL" }}{{ .ExternalURL }}/{{ end }}
{{- define "__description" }}{{ end }}

{{- define "__alert_service" }}
  {{- or .Labels.target .Labels.service .Labels.instance .Labels.alertname "unknown" }}
{{- end }}
{{- define "__alert_severity" }}{{ or .Labels.severity "unknown" }}{{ end }}
{{- define "__alert_message" }}
  {{- or .Annotations.description .Annotations.summary .Annotations.message .Labels.alertname "No details available" }}
{{- end }}
{{- define "__alert_timestamp" }}
  {{- if eq .Status "resolved" }}{{ template "__timestamp" .EndsAt }}{{ else }}{{ template "__timestamp" .StartsAt }}{{ end }}
{{- end }}
{{- define "__timestamp" }}{{ .Local.Format "2006-01-02T15:04:05.000000" }}{{ end }}

{{- define "__worst_severity" }}
  {{- $worst := or (index .Alerts 0).Labels.severity "unknown" }}
  {{- range .Alerts }}
    {{- $severity := .Labels.severity }}
    {{- if eq $severity "critical" }}{{ $worst = $severity }}
    {{- else if and (eq $severity "warning") (ne $worst "critical") }}{{ $worst = $severity }}
    {{- end }}
  {{- end }}
  {{- $worst }}
{{- end }}

{{- define "__subject" }}
  {{- if eq .Status "firing" }}[FIRING:{{ len .Alerts.Firing }}]{{ else }}[{{ toUpper .Status }}]{{ end }}
  {{- range .GroupLabels.SortedPairs.Values }} {{ . }}{{ end }}
  {{- with (.CommonLabels.Remove .GroupLabels.Names).Values }} ({{ join " " . }}){{ end }}
{{- end }}

{{- define "__text_alert_list" }}
  {{- range . }}Labels:
{{ range .Labels.SortedPairs }} - {{ .Name }} = {{ .Value }}
{{ end }}Annotations:
{{ range .Annotations.SortedPairs }} - {{ .Name }} = {{ .Value }}
{{ end }}Source: {{ .GeneratorURL }}
{{ end }}
{{- end }}

{{- define "__text_alert_list_markdown" }}
  {{- range . }}
Labels:
{{ range .Labels.SortedPairs }}  - {{ .Name }} = {{ .Value }}
{{ end }}
Annotations:
{{ range .Annotations.SortedPairs }}  - {{ .Name }} = {{ .Value }}
{{ end }}
Source: {{ .GeneratorURL }}
{{ end }}
{{- end }}
`,
};
