// What Slack shows: the document's send_slack_alert for one alert, a list of at most 20 lines for several.

/** `slack.default.*` */
export const slack = {
  name: 'slack.tmpl',
  text: `
{{- define "__slack_escape" }}
  {{- . | reReplaceAll "&" "&amp;" | reReplaceAll "<" "&lt;" | reReplaceAll ">" "&gt;" }}
{{- end }}
{{- define "__slack_line" }}• *{{ template "__slack_escape" (or .Labels.severity "unknown") }}*
  {{- " " }}{{ template "__slack_escape" (or .Labels.target .Labels.service .Labels.instance .Labels.alertname "unknown") }}:
  {{- " " }}{{ template "__slack_escape" (printf "%.200s" (or .Annotations.description .Annotations.summary .Annotations.message .Labels.alertname)) }}
  {{- " " }}({{ if eq .Status "resolved" }}resolved {{ end }}{{ template "__alert_timestamp" . }})
{{ end }}

{{- define "slack.default.color" }}
  {{- if eq .Status "resolved" }}good
  {{- else }}
    {{- $color := "#00FF00" }}
    {{- range .Alerts.Firing }}
      {{- if eq .Labels.severity "critical" }}{{ $color = "#FF0000" }}
      {{- else if and (eq .Labels.severity "warning") (ne $color "#FF0000") }}{{ $color = "#FFA500" }}
      {{- end }}
    {{- end }}
    {{- $color }}
  {{- end }}
{{- end }}

{{- define "slack.default.title" }}
  {{- if eq .Status "resolved" }}[RESOLVED] {{ end }}LangGraph Cluster Alert:
  {{- if eq (len .Alerts) 1 }}
    {{- range .Alerts }} {{ template "__slack_escape" (or .Labels.target .Labels.service .Labels.instance .Labels.alertname "Unknown") }}{{ end }}
  {{- else }}
    {{- with .Alerts.Firing }} {{ len . }} firing{{ end }}
    {{- if and .Alerts.Firing .Alerts.Resolved }},{{ end }}
    {{- with .Alerts.Resolved }} {{ len . }} resolved{{ end }}
  {{- end }}
{{- end }}

{{- define "slack.default.text" }}
  {{- if eq (len .Alerts) 1 }}
    {{- range .Alerts }}{{ template "__slack_escape" (or .Annotations.description .Annotations.summary .Annotations.message .Labels.alertname "No details available") }}{{ end }}
  {{- else }}
    {{- range $i, $alert := .Alerts }}{{ if lt $i 20 }}{{ template "__slack_line" $alert }}{{ end }}{{ end }}
    {{- if gt (len .Alerts) 20 }}… and {{ len (slice .Alerts 20) }} more{{ end }}
  {{- end }}
{{- end }}

{{- define "slack.default.severity" }}{{ template "__worst_severity" . }}{{ end }}
{{- define "slack.default.service" }}
  {{- range $i, $alert := .Alerts }}
    {{- if lt $i 10 }}{{ if $i }}, {{ end }}
      {{- template "__slack_escape" (or .Labels.target .Labels.service .Labels.instance .Labels.alertname "unknown") }}
    {{- end }}
  {{- end }}
  {{- if gt (len .Alerts) 10 }}, …{{ end }}
{{- end }}
{{- define "slack.default.timestamp" }}
  {{- $first := index .Alerts 0 }}
  {{- if eq (len .Alerts) 1 }}{{ template "__alert_timestamp" $first }}
  {{- else }}
    {{- $time := $first.StartsAt }}
    {{- range .Alerts }}{{ if .StartsAt.Before $time }}{{ $time = .StartsAt }}{{ end }}{{ end }}
    {{- template "__timestamp" $time }}
  {{- end }}
{{- end }}

{{- define "slack.default.username" }}{{ template "__alertmanager" . }}{{ end }}
{{- define "slack.default.titlelink" }}{{ template "__alertmanagerURL" . }}{{ end }}
{{- define "slack.default.fallback" }}{{ template "slack.default.title" . }} | {{ template "slack.default.titlelink" . }}{{ end }}
{{- define "slack.default.callbackid" }}{{ end }}
{{- define "slack.default.pretext" }}{{ end }}
{{- define "slack.default.iconemoji" }}{{ end }}
{{- define "slack.default.iconurl" }}{{ end }}
{{- define "slack.default.footer" }}{{ end }}
`,
};
